import { gate, startScriptedModel, text, toolUse } from '@overskill/model-server'
import type { AppEvent } from '@overskill/protocol'
import { eq } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { apps as appRows, turns } from '../database/schema.ts'
import { createEventLog } from '../events/event-log.ts'
import { last, only, startTestPlane, value } from '../test-plane.ts'
import { createMessageQueue } from '../turns/message-queue.ts'
import { insertTestTurn } from '../turns/test-turn.ts'
import { addressesOf } from './addresses.ts'
import { createApps } from './apps.ts'

const replies: Parameters<typeof startScriptedModel>[0][number][] = []
const model = await startScriptedModel([], { rest: () => replies.shift() ?? [text('Done.')] })
const plane = await startTestPlane({ modelUrl: model.url })
const { db } = plane

const page = 'src/pages/HomePage.tsx'
const faulty = 'export function HomePage() {\n  return <p>\n}\n'
const isBroken = (event: AppEvent): boolean => event.type === 'app.updated' && event.app.status === 'broken'

test('an app is broken as soon as it is known that the version of its stopped turn does not build, though no turn waits for that', async () => {
  const held = Promise.withResolvers<void>()
  replies.push([toolUse('os-write', { file_path: page, content: faulty })], [text('More'), gate(held.promise)])
  const { id: app } = await plane.create('Break it, then stop')
  const begun = await plane.until(app, (event) => event.type === 'text.delta' && event.text.startsWith('More'))
  value(await plane.calls.turns.stop({ app, turn: only(begun, 'turn.started')[0]?.turn.id ?? '' }, 'person'))
  held.resolve()

  const events = await plane.until(app, isBroken)

  expect(only(events, 'build.failed')).toHaveLength(1)
})

test('an app is broken when its edit does not build, though the process that took the edit has ended', async () => {
  const { id: app } = await plane.create()
  value(await plane.calls.files.edit({ app, changes: [{ path: page, content: faulty }] }, 'person'))
  await plane.restart()
  expect(last(await plane.until(app, isBroken))).toMatchObject({ app: { version: 1 } })
})

test('a turn that is added while another ends keeps its app working', async () => {
  const log = createEventLog(db)
  const addresses = addressesOf('http://localhost:4000', 'localhost')
  const apps = createApps({ db, log, addresses, starter: new Map(), onNames: async () => {} })
  const queue = createMessageQueue({ log, apps })
  const first = await insertTestTurn(db)
  await db.update(appRows).set({ status: 'working' }).where(eq(appRows.id, first.app))

  const { ending } = await log.write(async (write) => {
    await queue.add(write, first.app, { text: 'Next', mode: 'build', model: 'sample/sample' })
    const ended = log.write(async (other) => {
      await other.sql.update(turns).set({ status: 'completed' }).where(eq(turns.id, first.id))
      await apps.settle(other, first.app)
    })
    ended.catch(() => undefined)
    await someoneWaits()
    return { ending: ended }
  })
  await ending

  const [row] = await db.select().from(appRows).where(eq(appRows.id, first.app))
  expect(row?.status).toBe('working')
})

/** Settles when a statement waits for a lock that another holds. */
async function someoneWaits(): Promise<void> {
  const waiting = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
  await expect.poll(async () => (await db.execute(waiting)).rowCount, { timeout: 5_000 }).toBe(1)
}
