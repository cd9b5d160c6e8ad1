import { must } from '@overskill/protocol'
import { sql } from 'drizzle-orm'
import type { Database } from '../database/database.ts'
import { createInProcessBus, type EventBus } from '../events/event-bus.ts'
import type { Log } from '../log.ts'
import type { Dispatcher } from './dispatcher.ts'
import { createInProcessDispatcher } from './in-process-dispatcher.ts'

/** How this process and the others on its database start work and wake each other. */
export type Dispatch = { dispatcher: Dispatcher; bus: EventBus; close(): Promise<void> }

export type DispatchOptions = {
  db: Database
  log: Log
  /** Absent: within this process. */
  redisUrl: string | undefined
  onError: (error: unknown) => void
}

/** A server alone does not load what speaks with Redis: that is a quarter of a second of its start. */
export async function openDispatch({ db, log, redisUrl, onError }: DispatchOptions): Promise<Dispatch> {
  if (redisUrl === undefined) {
    const [dispatcher, bus] = [createInProcessDispatcher(onError), createInProcessBus()]
    return { dispatcher, bus, close: () => dispatcher.close().then(() => bus.close()) }
  }
  const { openRedisDispatch } = await import('./open-redis-dispatch.ts')
  return openRedisDispatch({ url: redisUrl, prefix: `overskill-${await installationOf(db)}`, log, onError })
}

/** What all processes on one database call it, and no other does: several installations may share a Redis. */
async function installationOf(db: Database): Promise<string> {
  const found = await db.execute<{ name: string }>(
    sql`select md5(system_identifier::text || current_database()) as name from pg_control_system()`,
  )
  return must(found.rows[0], 'The name of the database').name
}
