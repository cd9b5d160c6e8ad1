import { runStatement } from '../database/run-statement.ts'
import type { Write } from '../events/event-log.ts'

/**
 * Holds an app's row until the transaction ends: changes of its queue, its files and its addresses come one after another.
 *
 * Whoever takes it takes it before anything else of the app: everybody locks the app, then its turns and deployments, then its
 * stream, so that no two ever wait for each other. It is the weaker of the two row locks that exclude each other, because every
 * new event, turn and deployment holds the row as its foreign key.
 * It has left when this returns: what is asked next comes after it.
 *
 * @returns whether there is such an app; a deleted one counts only with `deleted`.
 */
export async function lockApp({ sql }: Pick<Write, 'sql'>, app: string, deleted = false): Promise<boolean> {
  return (await runStatement(sql, lockStatement, [app, deleted])).length > 0
}

const lockStatement = 'select 1 from apps where id = $1 and (deleted_at is null or $2::boolean) for no key update'
