import { type AppEvent, fail, ok } from '@overskill/protocol'
import { normalisePath } from '@overskill/workspace'
import { sql } from 'drizzle-orm'
import { exportZip } from '../apps/export-zip.ts'
import type { LivePreviews } from '../previews/live-previews.ts'
import { newestState, readAppTree } from './app-tree.ts'
import { mediaType } from './media-type.ts'
import type { Rooms } from './rooms.ts'
import type { RawCalls } from './services.ts'

/** The calls that carry bytes and streams. */
export function createRawCalls(rooms: Rooms, health: RawCalls['health']): RawCalls {
  const { apps, deployments, conversationOf, log, db, live, contents } = rooms
  return {
    health,
    ...fileCalls(rooms),

    async stateOf({ app, version }) {
      if (version !== undefined) return ok(`version ${version}`)
      const row = await apps.find(app)
      return row.ok ? ok(newestState(row.value)) : row
    },

    async exportZip({ app, version }) {
      const found = await readAppTree(rooms, app, version)
      if (!found.ok) return found
      const row = await apps.find(app)
      if (!row.ok) return row
      const name = row.value.slug
      return ok({
        name: `${name}.zip`,
        content: exportZip(name, await contents.readAll(found.value.tree)),
        state: found.value.state,
      })
    },

    async snapshot(app) {
      const row = await apps.find(app)
      if (!row.ok) return row
      // The fold first: what the others say may be newer, and its events then come again and change nothing.
      const conversation = await conversationOf(app)
      const shown = await apps.find(app)
      if (!shown.ok) return shown
      const value = { app: await apps.present(shown.value), conversation, deployments: await deployments.recent(app) }
      const state = live.state(app)
      return ok({ seq: conversation.seq, ...value, ...(state && { live: state }) })
    },

    async events(app, after, signal) {
      const row = await apps.find(app)
      return row.ok ? ok(openingAhead(live, app, log.read(app, after, signal))) : row
    },

    async numbers(app) {
      const row = await apps.find(app)
      if (!row.ok) return row
      const found = await db.execute<{ first: number | null; last: number | null }>(
        sql`select (select min(seq) from events where app = ${app}) as first, (select seq from streams where app = ${app}) as last`,
      )
      const { first, last } = found.rows[0] ?? {}
      return ok({ lowest: Math.max(0, Number(first ?? 1) - 1), highest: Number(last ?? 0) })
    },
  }
}

/** Somebody looks at the app while a turn begins that will write files: its live page is there before the first of them. */
async function* openingAhead(
  live: LivePreviews,
  app: string,
  events: AsyncIterable<AppEvent>,
): AsyncGenerator<AppEvent> {
  for await (const event of events) {
    if (event.type === 'turn.started' && event.turn.mode === 'build') live.openAhead(app, Date.parse(event.at))
    yield event
  }
}

const fileCalls = (rooms: Rooms): Pick<RawCalls, 'readFile' | 'putFile' | 'removeFile'> => {
  const { contents, edits } = rooms
  return {
    async readFile({ app, path: given, version }) {
      const path = normalisePath(given)
      if (!path.ok) return path
      const found = await readAppTree(rooms, app, version)
      if (!found.ok) return found
      const entry = found.value.tree.get(path.value)
      if (!entry) return fail('not_found', `There is no file ${path.value}.`)
      const content = await contents.read(entry.hash)
      return ok({ content, hash: entry.hash, type: mediaType(path.value), state: found.value.state })
    },

    async putFile({ app, path: given, content, ifMatch }, person) {
      const path = normalisePath(given)
      if (!path.ok) return path
      const change = { path: path.value, content: Buffer.from(content).toString('base64'), encoding: 'base64' as const }
      const version = await edits.apply(app, person, [change], undefined, ifMatch)
      if (!version.ok) return version
      const saved = await readAppTree(rooms, app, version.value.number)
      if (!saved.ok) return saved
      return ok({ version: version.value, hash: saved.value.tree.get(path.value)?.hash ?? '' })
    },

    async removeFile({ app, path: given, ifMatch }, person) {
      const path = normalisePath(given)
      if (!path.ok) return path
      const version = await edits.apply(app, person, [{ path: path.value, delete: true }], undefined, ifMatch)
      return version.ok ? ok({ version: version.value }) : version
    },
  }
}
