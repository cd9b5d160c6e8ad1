import { noUsage } from '@overskill/agent'
import { newId, noCost } from '@overskill/protocol'
import type { Database } from '../database/database.ts'
import { turns } from '../database/schema.ts'
import { insertTestApp } from '../events/test-app.ts'

/** A running turn of the owner `here` with lease token 1, in an app of its own, for tests of what hangs on it. */
export async function insertTestTurn(db: Database): Promise<{ id: string; app: string }> {
  const turn = { id: newId('turn'), app: await insertTestApp(db) }
  const said = { message: newId('msg'), reply: newId('msg'), mode: 'build', model: 'sample/sample' } as const
  const lease = { leaseOwner: 'here', leaseToken: 1, status: 'running', position: 1 } as const
  await db.insert(turns).values({ ...turn, ...said, ...lease, usage: noUsage, cost: noCost })
  return turn
}
