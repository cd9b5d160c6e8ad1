import { newAppId } from '@overskill/protocol'
import type { Database } from '../database/database.ts'
import { apps } from '../database/schema.ts'

/** A row in `apps`, for tests of what hangs on it. Returns its id. */
export async function insertTestApp(db: Database): Promise<string> {
  const id = newAppId()
  await db.insert(apps).values({ id, name: 'Test', model: 'sample/sample', slug: `test-${id}` })
  return id
}
