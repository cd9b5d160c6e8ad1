import { startScriptedModel, text } from '@overskill/model-server'
import { newId } from '@overskill/protocol'
import { eq, inArray, sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { apps, deployments, messages, pointers, turns } from '../database/schema.ts'
import { createEventLog } from '../events/event-log.ts'
import { only, startTestPlane, value } from '../test-plane.ts'
import { insertTestTurn } from '../turns/test-turn.ts'

const model = await startScriptedModel([], { rest: () => [text('Done.')] })
const plane = await startTestPlane({ modelUrl: model.url })
const { db } = plane
const log = createEventLog(db)

const turnRow = async (id: string) => (await db.select().from(turns).where(eq(turns.id, id)))[0]

/** An app with a turn that another process runs. */
async function appElsewhere() {
  const turn = await insertTestTurn(db)
  const { model: chosen } = await plane.create()
  const lease = { leaseOwner: 'another_process', leaseUntil: new Date(Date.now() + 3_600_000) }
  await db
    .update(turns)
    .set({ ...lease, model: chosen })
    .where(eq(turns.id, turn.id))
  await db.update(apps).set({ model: chosen }).where(eq(apps.id, turn.app))
  return turn
}

test('L16: an app is deleted, what waits for it is ended and what runs is asked to stop in one transaction', async () => {
  const { app, id } = await appElsewhere()
  const { turn: waiting } = value(await plane.calls.messages.post({ app, text: 'And then' }, 'person'))

  value(await plane.calls.apps.remove({ app }, 'person'))

  expect(await turnRow(id)).toMatchObject({ status: 'running', stopAsked: true })
  expect(await turnRow(waiting.id)).toMatchObject({ status: 'stopped', deployment: { skipped: 'stopped' } })
  const [row] = await db
    .select({ by: sql`xmin::text` })
    .from(apps)
    .where(eq(apps.id, app))
  const changed = await db
    .select({ by: sql`xmin::text` })
    .from(turns)
    .where(inArray(turns.id, [id, waiting.id]))
  expect(changed).toEqual([row, row])
  const events = await log.list(app, 0, 100)
  expect(only(events, 'turn.stopped').map(({ turn }) => turn.id)).toEqual([waiting.id])
  expect(only(events, 'message.updated').at(-1)?.message).not.toHaveProperty('queued')
})

test('L33: an app is off line before it is deleted, so that a death in between leaves nothing that comes back', async () => {
  const { id: app } = await plane.create()
  const id = newId('dep')
  const place = { app, environment: 'production', artifact: 'h' } as const
  const [row] = await db
    .insert(deployments)
    .values({ id, ...place, version: 1, url: 'http://x/', status: 'live' })
    .returning()
  await db.insert(pointers).values({ ...place, deployment: id, fence: row?.fence ?? 0 })

  value(await plane.calls.apps.remove({ app }, 'person'))

  const [times] = await db
    .select({ isBefore: sql`pointers.xmin::text::bigint < apps.xmin::text::bigint`, artifact: pointers.artifact })
    .from(pointers)
    .innerJoin(apps, eq(apps.id, pointers.app))
    .where(eq(apps.id, app))
  expect(times).toEqual({ isBefore: true, artifact: null })
  const back = value(await plane.calls.apps.undelete({ app }, 'person')).app
  expect(back.productionUrl).toBeUndefined()
})

test('A10: a turn of a deleted app that lost its owner ends without another request to its model', async () => {
  const { app, id } = await appElsewhere()
  await db.update(apps).set({ deletedAt: new Date() }).where(eq(apps.id, app))
  const turn = await turnRow(id)
  await db.insert(messages).values({ id: turn?.message ?? '', app, turn: id, text: 'Go on' })
  const asked = model.requests.length
  await db
    .update(turns)
    .set({ leaseUntil: new Date(0) })
    .where(eq(turns.id, id))

  await expect.poll(async () => (await turnRow(id))?.status, { timeout: 20_000 }).toBe('stopped')

  expect(model.requests.length).toBe(asked)
})

test('an app that was deleted is not there to be deleted again', async () => {
  const { id: app } = await plane.create()
  value(await plane.calls.apps.remove({ app }, 'person'))
  expect(await plane.calls.apps.remove({ app }, 'person')).toMatchObject({ failure: { code: 'not_found' } })
})
