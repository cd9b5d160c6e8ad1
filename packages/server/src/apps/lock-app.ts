import { and, eq, isNull } from 'drizzle-orm'
import { apps } from '../database/schema.ts'
import type { Write } from '../events/event-log.ts'

/**
 * Holds an app's row until the transaction ends: changes of its queue, its files and its addresses come one after another.
 *
 * Whoever takes it takes it before the first append: everybody locks the app, then its stream. It is the weaker of the two
 * row locks that exclude each other, because every new event, turn and deployment holds the row as its foreign key.
 *
 * @returns whether there is such an app; a deleted one counts only with `deleted`.
 */
export function lockApp({ sql }: Pick<Write, 'sql'>, app: string, deleted = false): Promise<boolean> {
  const isThis = and(eq(apps.id, app), deleted ? undefined : isNull(apps.deletedAt))
  const locking = sql.select({ id: apps.id }).from(apps).where(isThis).for('no key update')
  return locking.then((rows) => rows.length > 0) // it has left when this returns: what is asked next comes after it
}
