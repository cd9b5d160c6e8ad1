import { ok, type Outcome } from '@overskill/protocol'
import type { Tree } from '@overskill/workspace'
import type { AppRow } from '../apps/apps.ts'
import { readDraft, readVersionTree } from '../apps/files.ts'
import type { Rooms } from './rooms.ts'

/** A tree and what it is: `draft`, or `version n`. */
export type AppTree = { tree: Tree; state: string }

/** The files of a version, or the newest state: the draft while a turn runs and before the first version (API.md "HTTP"). */
export async function readAppTree({ db, apps }: Rooms, app: string, version?: number): Promise<Outcome<AppTree>> {
  const row = await apps.find(app)
  if (!row.ok) return row
  if (version !== undefined) {
    const tree = await readVersionTree(db, app, version)
    return tree.ok ? ok({ tree: tree.value, state: `version ${version}` }) : tree
  }
  return ok({ tree: await readDraft(db, app), state: newestState(row.value) })
}

/** What the newest files of an app are: `draft`, or `version n`. */
export const newestState = ({ status, version }: AppRow): string =>
  status === 'working' || version === null ? 'draft' : `version ${version}`
