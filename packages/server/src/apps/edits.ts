import { fail, type FileChange, type FileEdit, ok, type Outcome, type Version } from '@overskill/protocol'
import { type Draft, listChanges, openDraft } from '@overskill/workspace'
import { and, eq, inArray } from 'drizzle-orm'
import { turns } from '../database/schema.ts'
import type { EventLog, Write } from '../events/event-log.ts'
import type { Apps } from './apps.ts'
import { commitStaged, createBlobStore, readDraft, readVersionTree, replaceDraft } from './files.ts'
import { lockApp } from './lock-app.ts'
import type { NewVersion, Versions } from './versions.ts'

/** A person's changes of files: each makes one version, and the preview follows. Refused as `busy` while a turn runs or waits. */
export type Edits = {
  /** `ifMatch`: the hash that the one file must still have. */
  apply(
    app: string,
    person: string,
    changes: readonly FileEdit[],
    note?: string,
    ifMatch?: string,
  ): Promise<Outcome<Version>>
  /** `busy` while a turn runs or waits. */
  isFree(app: string): Promise<Outcome<undefined>>
  /** A new version equal to an old one; files that were added later go, nothing is lost (L35, L36). */
  restore(app: string, number: number): Promise<Outcome<Version>>
}

export type EditsOptions = {
  log: EventLog
  versions: Versions
  apps: Pick<Apps, 'settle'>
  /** Records a version's deployment to preview in the transaction that makes the version: none is ever without one. */
  deploy: (write: Write, app: string, version: number) => Promise<void>
}

export function createEdits({ log, versions, apps, deploy }: EditsOptions): Edits {
  const make = async (write: Write, input: Omit<NewVersion, 'ending'>): Promise<Version | undefined> => {
    const version = await versions.create(write, { ...input, ending: 'completed' })
    if (!version) return undefined
    await deploy(write, input.app, version.number)
    await apps.settle(write, input.app)
    return version
  }

  return {
    isFree: (app) => log.write((write) => lockIdle(write, app)),
    apply: (app, person, changes, note, ifMatch) =>
      log.write(async (write) => {
        const free = await lockIdle(write, app)
        if (!free.ok) return free
        const draft = openDraft(await readDraft(write.sql, app), createBlobStore(write.sql))
        const staged = await stage(draft, changes, ifMatch)
        if (!staged.ok) return staged
        const files = draft.changes()
        if (files.length === 0) return fail('conflict', 'Nothing changed: the files are already like this.')
        await commitStaged(write.sql, app, draft.staged())
        await write.append(app, [{ type: 'files.changed', changes: files, origin: { person } }])
        const title = note?.trim() || titleOf(files)
        const version = await make(write, { app, tree: draft.tree(), title, origin: 'edit' })
        return version ? ok(version) : fail('conflict', 'Nothing changed: the files are already like this.')
      }),

    restore: (app, number) =>
      log.write(async (write) => {
        const free = await lockIdle(write, app)
        if (!free.ok) return free
        const tree = await readVersionTree(write.sql, app, number)
        if (!tree.ok) return tree
        const before = await readDraft(write.sql, app)
        const changes = await listChanges(before, tree.value, createBlobStore(write.sql))
        if (changes.length === 0) return fail('conflict', `The app already is as in version ${number}.`)
        await replaceDraft(write.sql, app, tree.value)
        await write.append(app, [{ type: 'files.changed', changes, origin: { restore: number } }])
        const title = `Restored version ${number}`
        const version = await make(write, { app, tree: tree.value, title, origin: 'restore', restoredFrom: number })
        return version ? ok(version) : fail('conflict', `The app already is as in version ${number}.`)
      }),
  }
}

const doneTo = { created: 'Added', changed: 'Edited', deleted: 'Deleted', renamed: 'Renamed' } as const

/** What one change did to its file; several of different kinds are an edit. */
function titleOf(files: readonly FileChange[]): string {
  const kinds = new Set(files.map(({ action }) => doneTo[action]))
  const [done = 'Edited', ...others] = kinds
  return `${others.length > 0 ? 'Edited' : done} ${files.length === 1 ? files[0]?.path : `${files.length} files`}`
}

/** Holds the app's row for this transaction, so that no turn is claimed meanwhile. */
async function lockIdle(write: Write, app: string): Promise<Outcome<undefined>> {
  if (!(await lockApp(write, app))) return fail('not_found', `There is no app ${app}.`)
  const [open] = await write.sql
    .select({ id: turns.id })
    .from(turns)
    .where(and(eq(turns.app, app), inArray(turns.status, ['queued', 'running'])))
    .limit(1)
  return open ? fail('busy', `Turn ${open.id} is changing this app. Wait for it to end, or stop it.`) : ok(undefined)
}

/** Puts every change into the draft; the first that is refused refuses all. */
async function stage(draft: Draft, changes: readonly FileEdit[], ifMatch?: string): Promise<Outcome<undefined>> {
  for (const [index, change] of changes.entries()) {
    if (ifMatch !== undefined && draft.tree().get(change.path)?.hash !== ifMatch) {
      return fail('precondition_failed', `${change.path} was changed meanwhile. Load it again before you save.`)
    }
    const done = await stageOne(draft, change)
    if (!done.ok)
      return fail(done.failure.code, done.failure.detail, [{ path: `changes.${index}`, message: done.failure.detail }])
  }
  return ok(undefined)
}

async function stageOne(draft: Draft, { path, content, encoding, delete: gone }: FileEdit): Promise<Outcome<unknown>> {
  if (gone)
    return content === undefined ? draft.remove(path) : fail('invalid', 'A change has content or delete, not both.')
  if (content === undefined) return fail('invalid', 'A change needs content, or delete: true.')
  if (encoding !== 'base64') return draft.write(path, content)
  const bytes = Buffer.from(content, 'base64')
  const isWhole = bytes.toString('base64').replace(/=+$/, '') === content.replace(/=+$/, '')
  return isWhole ? draft.write(path, bytes) : fail('invalid', 'The content is not base64.')
}
