import { gate, startScriptedModel, text } from '@overskill/model-server'
import { eq } from 'drizzle-orm'
import { expect, test, vi } from 'vitest'
import { turns } from '../database/schema.ts'
import { createLeases, stuckMs } from '../turns/leases.ts'
import { last, only, startTestPlane, value } from '../test-plane.ts'
import { createEventLog } from '../events/event-log.ts'
import { createCleanupStuckMessages } from './cleanup-stuck-messages.ts'

const replies: Parameters<typeof startScriptedModel>[0][number][] = []
const model = await startScriptedModel([], { rest: () => replies.shift() ?? [text('Done.')] })
const plane = await startTestPlane({ modelUrl: model.url })
const leases = createLeases({ db: plane.db, log: createEventLog(plane.db), owner: 'another_process' })

const everyMs = 1_000_000

/** The job as another process on the same database runs it. */
const jobOf = (running: readonly string[], of = leases) => {
  const released: string[] = []
  const job = createCleanupStuckMessages({
    leases: of,
    everyMs,
    running: () => running,
    onStop: () => {},
    release: (turn) => of.release(turn),
    onReleased: (app) => released.push(app),
    onWaiting: () => {},
    onStuck: () => {},
    onError: (error) => expect(error).toBeUndefined(),
  })
  return { job, released }
}

async function runningTurn() {
  const held = Promise.withResolvers<void>()
  replies.push([text('Working'), gate(held.promise)])
  const app = await plane.create('Hold on')
  const events = await plane.until(app.id, ({ type }) => type === 'text.delta')
  return { app, turn: only(events, 'turn.started')[0]?.turn.id ?? '', release: held.resolve }
}

test('B.5 46, A6: a turn whose lease runs is left alone, and one whose lease is over waits for its next owner', async () => {
  const { app, turn, release } = await runningTurn()
  const { job, released } = jobOf([])
  await job.round(false)
  expect(released).toEqual([])

  await plane.db
    .update(turns)
    .set({ leaseUntil: new Date(0), leaseOwner: 'gone' }) // it does not renew it any more
    .where(eq(turns.id, turn))
  await job.round(false)

  expect(released).toEqual([app.id])
  const queued = only(await createEventLog(plane.db).list(app.id, 0, 100), 'turn.queued')
  expect(queued.map((event) => event.turn.id)).toEqual([turn, turn])
  release()
  value(await plane.calls.turns.stop({ app: app.id, turn }, 'person'))
})

test('A6: a late renewal does not take a turn from the process that runs it', async () => {
  const { app, turn, release } = await runningTurn()
  await plane.db
    .update(turns)
    .set({ leaseUntil: new Date(0) })
    .where(eq(turns.id, turn))
  const { job, released } = jobOf([turn])

  await job.round(false)
  release()

  expect(released).toEqual([])
  expect(last(await plane.turnEnd(app.id)).type).toBe('turn.completed')
})

test('A6: only a turn of which nothing was heard for twenty minutes counts as stuck', async () => {
  const { app, turn, release } = await runningTurn()
  const [row] = await plane.db.select().from(turns).where(eq(turns.id, turn))
  const ours = createLeases({ db: plane.db, log: createEventLog(plane.db), owner: row?.leaseOwner ?? '' })
  const long = new Date(Date.now() - stuckMs - 1_000)

  await plane.db.update(turns).set({ progressAt: long }).where(eq(turns.id, turn))
  expect(await ours.stuck(), 'its text was heard just now').toEqual([])
  await plane.db.execute(`update events set at = '${long.toISOString()}' where app = '${app.id}'`)
  expect((await ours.stuck()).map(({ id }) => id)).toEqual([turn])

  release()
  await plane.turnEnd(app.id)
})

test('AD3: a turn that waits though nobody was told of it is started by the next round', async () => {
  const { app, turn, release } = await runningTurn()
  value(await plane.calls.messages.post({ app: app.id, text: 'And then' }, 'person'))

  await plane.db.update(turns).set({ status: 'stopped', leaseOwner: null }).where(eq(turns.id, turn))

  expect(last(await plane.turnEnd(app.id)).type).toBe('turn.completed')
  release()
})

test('A6: a round that hangs is not followed by others: one is under way, and the end waits for that one', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  const [looks, renewals] = [Promise.withResolvers<never[]>(), Promise.withResolvers<never[]>()]
  const asked: string[] = []
  const hanging = Object.assign(createLeases({ db: plane.db, log: createEventLog(plane.db), owner: 'slow' }), {
    abandoned: () => (asked.push('look'), looks.promise),
    renew: () => (asked.push('renewal'), renewals.promise),
    waiting: async () => [],
    stuck: async () => [],
  })
  const { job } = jobOf([], hanging)
  job.start()
  vi.advanceTimersByTime(10 * everyMs)
  await new Promise(setImmediate)
  expect(asked.toSorted()).toEqual(['look', 'renewal'])

  renewals.resolve([])
  await new Promise(setImmediate)
  vi.advanceTimersByTime(2 * everyMs)
  expect(asked.toSorted(), 'each by itself').toEqual(['look', 'renewal', 'renewal'])

  let isClosed = false
  const closed = job.close().then(() => (isClosed = true))
  await new Promise(setImmediate)
  expect(isClosed).toBe(false)
  looks.resolve([])
  await closed
  expect(asked.filter((one) => one === 'look')).toHaveLength(1)
  vi.useRealTimers()
})
