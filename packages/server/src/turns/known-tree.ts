import type { Tree } from '@overskill/workspace'
import { and, desc, eq, inArray, lte, or } from 'drizzle-orm'
import { readTree } from '../apps/files.ts'
import type { Database } from '../database/database.ts'
import { turns, versions } from '../database/schema.ts'
import { isRemembered } from './history.ts'
import type { TurnRow } from './turn-state.ts'

/** `starter`: what an app begins from. */
export type KnownTreeOptions = { db: Database; starter: Tree }

/** The tree at the end of the last turn that the model remembers; undefined where it remembers none. */
export async function readKnownTree(turn: TurnRow, options: KnownTreeOptions): Promise<Tree | undefined> {
  const { db, starter } = options
  const last = await db.query.turns.findFirst({
    where: isRemembered(turn.app, turn.position),
    orderBy: desc(turns.position),
  })
  if (!last) return undefined
  const [newest] = await db
    .select({ tree: versions.tree })
    .from(versions)
    .where(wasThere(db, last))
    .orderBy(desc(versions.number))
    .limit(1)
  return newest ? readTree(db, newest.tree) : starter
}

/**
 * The versions that were there when a turn ended: those of the turns up to it, and what people had made before its message came,
 * for from then on they could not (`busy`). Both times are the database's.
 */
function wasThere(db: Database, { id, app, position }: TurnRow) {
  const upToIt = and(eq(turns.app, app), lte(turns.position, position))
  const ofTurns = inArray(versions.turn, db.select({ id: turns.id }).from(turns).where(upToIt))
  const cameAt = db.select({ at: turns.createdAt }).from(turns).where(eq(turns.id, id))
  return and(eq(versions.app, app), or(ofTurns, lte(versions.createdAt, cameAt)))
}
