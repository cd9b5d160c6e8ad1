import { setImmediate } from 'node:timers/promises'
import { must } from '@overskill/protocol'
import { eq, sql } from 'drizzle-orm'
import { afterAll, expect, test, vi } from 'vitest'
import { addressesOf } from '../apps/addresses.ts'
import { createApps } from '../apps/apps.ts'
import { turns } from '../database/schema.ts'
import { withTestDatabase } from '../database/test-database.ts'
import { createInProcessDispatcher } from '../dispatch/in-process-dispatcher.ts'
import { createInProcessBus } from '../events/event-bus.ts'
import { createEventLog } from '../events/event-log.ts'
import { insertTestApp } from '../events/test-app.ts'
import { createSpending } from '../spending/spending.ts'
import { value } from '../test-plane.ts'
import { createAppBuilder } from './app-builder.ts'
import { createConfiguredModels } from './configured-models.ts'
import { createLeases } from './leases.ts'
import { type Added, createMessageQueue, type MessageQueue } from './message-queue.ts'
import type { TurnRow } from './turn-state.ts'
import { LeaseLost } from './turn-writer.ts'

const { db } = await withTestDatabase()
const log = createEventLog(db)
const addresses = addressesOf('http://localhost:4000', 'localhost')
const apps = createApps({ db, log, addresses, starter: new Map(), onNames: async () => {} })

/** A turn as it runs here, ended by the test: what it was told meanwhile, in order. */
type Run = { turn: TurnRow; told: string[]; isAsking: boolean; end(): Promise<void>; fail(error: unknown): void }
const runs: Run[] = []

function run(turn: TurnRow) {
  const { promise: ended, resolve, reject } = Promise.withResolvers<void>()
  const told: string[] = []
  const end = async (): Promise<void> => {
    await db.update(turns).set({ status: 'completed', leaseOwner: null }).where(eq(turns.id, turn.id))
    resolve()
  }
  const begun: Run = { turn, told, isAsking: false, end, fail: reject }
  runs.push(begun)
  return {
    isAsking: () => begun.isAsking,
    stop: () => void told.push('stop'),
    giveUp: () => void told.push('give up'),
    abandon() {
      told.push('abandon')
      reject(new LeaseLost(turn.id))
    },
    ended,
  }
}

/** What happens between the move of a message to the front and the look at what runs. */
let meanwhile = async (): Promise<void> => {}
const storedQueue = createMessageQueue({ log, apps })
const queue: MessageQueue = Object.assign(createMessageQueue({ log, apps }), {
  async first(app: string, message: string) {
    const moved = await storedQueue.first(app, message)
    await meanwhile()
    return moved
  },
})

let now = 1_000_000
const errors: unknown[] = []
const onError = (error: unknown) => void errors.push(error)
const dispatcher = createInProcessDispatcher(onError)
const leases = createLeases({ db, log, owner: 'here' })
const builder = createAppBuilder({
  ...{ db, log, apps, queue, leases, dispatcher, run, onError },
  models: createConfiguredModels({ providers: {}, sampleUrl: 'http://127.0.0.1:9' }),
  spending: createSpending(db),
  bus: createInProcessBus(),
  isAlone: false,
  now: () => now,
})
await builder.start()
afterAll(() => builder.close())

/** A message of a person, whose turn begins when it is the app's next. */
async function say(app: string): Promise<Added> {
  const added = await log.write((write) =>
    queue.add(write, app, { text: 'A list', mode: 'build', model: 'sample/builder' }),
  )
  builder.wake(app, added)
  return added
}

const runsOf = ({ turn }: Added): Run[] => runs.filter((one) => one.turn.id === turn.id)

/** The nth run of a turn, once it has begun. */
const begun = ({ turn }: Added, nth = 1): Promise<Run> =>
  vi.waitFor(() => must(runs.filter((one) => one.turn.id === turn.id)[nth - 1], `Run ${nth}`), 5_000)

const rowOf = async ({ turn }: Added): Promise<TurnRow> =>
  must(await db.query.turns.findFirst({ where: eq(turns.id, turn.id) }), 'The turn')

const isQueued = (added: Added) =>
  vi.waitFor(async () => expect((await rowOf(added)).status).toBe('queued'), { timeout: 5_000 })

/** The error that the database itself gives for a state. */
const faultOf = (state: string): Promise<unknown> =>
  db.execute(sql.raw(`do $$ begin raise exception 'no' using errcode = '${state}'; end $$`)).then(
    () => undefined,
    (error: unknown) => error,
  )

test('A7: "now" that comes just as the running turn ends does not stop the turn that it starts', async () => {
  const app = await insertTestApp(db)
  const [first, wanted] = [await say(app), await say(app)]
  const running = await begun(first)
  meanwhile = async () => {
    await running.end()
    await begun(wanted)
  }

  value(await builder.startNow(app, wanted.message.id))
  meanwhile = async () => {}

  const started = await begun(wanted)
  expect(started.told).toEqual([])
  expect((await rowOf(wanted)).stopAsked).toBe(false)
  await started.end()
})

test('A7: "now" stops a turn that was interrupted and waits to go on, and does not overtake it', async () => {
  const app = await insertTestApp(db)
  const [interrupted, wanted] = [await say(app), await say(app)]
  const before = await begun(interrupted)
  before.fail(await faultOf('53100'))
  await isQueued(interrupted)

  value(await builder.startNow(app, wanted.message.id))

  const last = await begun(interrupted, 2)
  expect(last.told).toEqual(['stop'])
  expect(runsOf(wanted)).toEqual([])
  await last.end()
  expect((await begun(wanted)).told).toEqual([])
  await (await begun(wanted)).end()
})

test('B.5 46: a turn that a full store fails has no dead owner, and is tried again after ever longer pauses', async () => {
  const told = errors.length
  const turn = await say(await insertTestApp(db))
  const pauses = [2_000, 4_000, 8_000, 15_000, 15_000, 15_000, 15_000, 15_000]
  for (const [index, pauseMs] of pauses.entries()) {
    const one = await begun(turn, index + 1)
    one.fail(await faultOf('53100'))
    await isQueued(turn)
    now += pauseMs - 1
    await dispatcher.look()
    expect(runsOf(turn)).toHaveLength(index + 1)
    now += 1
    await dispatcher.look()
  }
  expect(await rowOf(turn)).toMatchObject({ status: 'running', leaseToken: 9, handovers: 8 })
  expect(errors.length - told, 'each is logged').toBe(8)
  await (await begun(turn, 9)).end()
})

test('B.5 46, A10: a turn that the store fails while its model is being asked counts as a death: to ask for ever would cost', async () => {
  const turn = await say(await insertTestApp(db))
  const one = await begun(turn)
  one.isAsking = true
  one.fail(await faultOf('53100'))
  await isQueued(turn)
  expect(await rowOf(turn)).toMatchObject({ leaseToken: 1, handovers: 0 })
  now += 2_000
  await dispatcher.look()
  await (await begun(turn, 2)).end()
})

test('B.5 46: a turn that could not even be given back while the store was away has no dead owner either', async () => {
  const turn = await say(await insertTestApp(db))
  const one = await begun(turn)
  const handOver = vi.spyOn(leases, 'handOver').mockRejectedValueOnce(await faultOf('57P03'))
  one.fail(await faultOf('57P01'))
  await vi.waitFor(() => expect(handOver).toHaveBeenCalledTimes(1))
  handOver.mockRestore()
  now += 2_000

  await db
    .update(turns)
    .set({ leaseUntil: new Date(0) })
    .where(eq(turns.id, turn.turn.id))

  const again = await begun(turn, 2)
  expect(await rowOf(turn)).toMatchObject({ leaseToken: 2, handovers: 1 })
  await again.end()
})

test('B.5 46: a turn that a mistake of ours ended counts as an owner’s death', async () => {
  const turn = await say(await insertTestApp(db))
  const one = await begun(turn)
  one.fail(new TypeError('a mistake'))
  const again = await begun(turn, 2)
  expect(await rowOf(turn)).toMatchObject({ leaseToken: 2, handovers: 0 })
  await again.end()
})

test('G2: a turn that was taken away and is ours again is reached by a stop, though its old run ends later', async () => {
  const app = await insertTestApp(db)
  const turn = await say(app)
  const old = await begun(turn)
  expect(await createLeases({ db, log, owner: 'another' }).release(await rowOf(turn))).toBe(true)
  const release = vi.spyOn(leases, 'release')
  await dispatcher.look()
  const fresh = await begun(turn, 2)
  old.fail(new LeaseLost(turn.turn.id))
  await vi.waitFor(() => expect(release.mock.settledResults).toMatchObject([{ type: 'fulfilled' }]))
  release.mockRestore()
  await setImmediate()

  value(await builder.stop(app, turn.turn.id))

  expect(fresh.told).toContain('stop')
  expect(old.told).toEqual(['abandon'])
  await fresh.end()
})
