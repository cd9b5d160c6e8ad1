import { fail, ok, type Outcome, timeLimitMs, type Version } from '@overskill/protocol'
import { entryOf, openDraft } from '@overskill/workspace'
import { readDraft } from '../apps/files.ts'
import type { PackageChange } from '../apps/packages.ts'
import type { Rooms } from './rooms.ts'
import type { Calls } from './services.ts'

/**
 * A person's change of packages: installed first, told of meanwhile, then stored as one edit of package.json, from which the
 * preview follows. Nothing is installed for an app that a turn is changing, and nothing is stored over somebody else's edit.
 */
export const packageCalls = (rooms: Rooms): Calls['packages'] => ({
  async change({ app, add = [], remove = [], allowNew = false }, person) {
    const row = await rooms.apps.find(app)
    if (!row.ok) return row
    if (add.length + remove.length === 0) return fail('invalid', 'Name a package to add or to remove.')
    const free = await rooms.edits.isFree(app)
    if (!free.ok) return free
    const made = await changePackages(rooms, app, person, { add, remove, allowNew })
    return made.ok ? ok({ version: made.value }) : made
  },
})

async function changePackages(
  { db, contents, log, packages, edits }: Rooms,
  app: string,
  person: string,
  change: PackageChange,
): Promise<Outcome<Version>> {
  const draft = openDraft(await readDraft(db, app), contents)
  const before = draft.tree().get('package.json')?.hash ?? entryOf(new Uint8Array()).hash
  const saying: Promise<unknown>[] = []
  const changed = await packages.change(draft, change, {
    signal: AbortSignal.timeout(timeLimitMs('tool')),
    say: (event) => void saying.push(log.write((write) => write.append(app, [event]))),
  })
  await Promise.all(saying)
  if (!changed.ok) return changed
  const edit = { path: 'package.json', content: changed.value.manifest }
  return edits.apply(app, person, [edit], titleOf(change), before)
}

const titleOf = ({ add, remove }: PackageChange): string =>
  [
    ...(add.length > 0 ? [`Added ${add.join(', ')}`] : []),
    ...(remove.length > 0 ? [`Removed ${remove.join(', ')}`] : []),
  ]
    .join('. ')
    .slice(0, 200)
