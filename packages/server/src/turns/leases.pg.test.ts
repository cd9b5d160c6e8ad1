import { timeLimitMs } from '@overskill/protocol'
import { asc, eq, inArray } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { apps, turns } from '../database/schema.ts'
import { withTestDatabase } from '../database/test-database.ts'
import { createEventLog } from '../events/event-log.ts'
import { insertTestApp } from '../events/test-app.ts'
import { createLeases } from './leases.ts'
import { createMessageQueue } from './message-queue.ts'
import { insertTestTurn } from './test-turn.ts'
import { presentTurn } from './turn-state.ts'

const { db, pool } = await withTestDatabase()
const log = createEventLog(db)
const leases = createLeases({ db, log, owner: 'here' })

const insertTurn = () => insertTestTurn(db)

const sorted = async (count: number) =>
  (await Promise.all(Array.from({ length: count }, insertTurn))).toSorted((a, b) => (a.id < b.id ? -1 : 1))

/** Which of these rows nobody has locked. */
async function freeOf(ids: readonly string[]): Promise<string[]> {
  const isIt = inArray(turns.id, [...ids])
  const rows = await db.transaction((sql) =>
    sql.select({ id: turns.id }).from(turns).where(isIt).orderBy(asc(turns.id)).for('update', { skipLocked: true }),
  )
  return rows.map(({ id }) => id)
}

/** Settles when a statement waits for a lock that another holds. */
async function someoneWaits(): Promise<void> {
  for (;;) {
    const waiting = await pool.query(
      `select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`,
    )
    if (waiting.rowCount) return
    await new Promise(setImmediate)
  }
}

test('B.5 46: several turns are locked in the order of their ids, so a renewal and a flush never wait for each other', async () => {
  const [first, second, third] = await sorted(3)
  if (!first || !second || !third) throw new Error('Three turns')
  const backwards = [third, second, first]
  const text = { type: 'notice.added', message: 'm', block: 0, level: 'info', code: 'c', text: 't' } as const
  const lockers: Record<string, () => Promise<unknown>> = {
    renewal: () => leases.renew(backwards.map(({ id }) => id)),
    flush: () => log.appendGrowing(new Map(backwards.map(({ app }) => [app, [text]])), leases.fence),
  }
  for (const [name, lock] of Object.entries(lockers)) {
    const locking = await db.transaction(async (sql) => {
      await sql.select().from(turns).where(eq(turns.id, second.id)).for('update')
      const running = lock()
      running.catch(() => undefined)
      await someoneWaits()
      expect(await freeOf([first.id, third.id]), name).toEqual([third.id])
      return { running }
    })
    await locking.running
  }
})

test('B.5 46: growing text does not wait for a turn whose facts are being stored, and is kept from one that is taken away', async () => {
  const turn = await insertTurn()
  const text = { type: 'notice.added', message: 'm', block: 0, level: 'info', code: 'c', text: 't' } as const
  const flush = () => log.appendGrowing(new Map([[turn.app, [text]]]), leases.fence)
  await db.transaction(async (sql) => {
    await sql.update(turns).set({ progressAt: new Date() }).where(eq(turns.id, turn.id))
    await flush()
  })
  expect(await log.position(turn.app)).toBe(1)

  const [row] = await db.select().from(turns).where(eq(turns.id, turn.id))
  if (!row) throw new Error('The turn')
  expect(await leases.release(row)).toBe(true)
  await flush()
  const types = (await log.list(turn.app, 0, 10)).map(({ type }) => type)
  expect(types).toEqual(['notice.added', 'turn.queued'])
})

test('B.5 46: a lease is renewed though every connection of the pool is lent out', async () => {
  const turn = await insertTurn()
  const lent = await Promise.all(Array.from({ length: pool.options.max }, () => pool.connect()))
  try {
    expect(await leases.renew([turn.id])).toEqual([])
  } finally {
    for (const client of lent) client.release()
  }
  const [row] = await db.select().from(turns).where(eq(turns.id, turn.id))
  expect(row?.leaseUntil?.getTime()).toBeGreaterThan(Date.now())
})

const queue = createMessageQueue({ log, apps: { settle: () => Promise.resolve() } })
const add = (app: string) =>
  log.write((write) => queue.add(write, app, { text: 'A list', mode: 'build', model: 'sample/sample' }))

test('L11, E-A2: the start of a turn that was just added is told with its claim, as it is stored', async () => {
  const app = await insertTestApp(db)
  const added = await add(app)
  const claimed = await leases.claimNext(app, added)
  if (!claimed) throw new Error('The turn was not claimed')
  expect(claimed).toMatchObject({ id: added.turn.id, status: 'running', leaseOwner: 'here', leaseToken: 1 })
  const [said, started, reply, ...more] = await log.list(app, 2, 10)
  expect(said).toMatchObject({ type: 'message.updated', message: added.message })
  expect(started).toMatchObject({ type: 'turn.started', turn: presentTurn(claimed) })
  expect(reply).toMatchObject({
    type: 'message.created',
    message: { id: claimed.reply, role: 'assistant', blocks: [] },
  })
  expect(more).toEqual([])
})

test('L11: a turn that was just added and is not the next one by now starts nothing and tells nothing', async () => {
  const app = await insertTestApp(db)
  const [first, second] = [await add(app), await add(app)]
  expect((await leases.claimNext(app, second))?.id).toBe(first.turn.id) // somebody was before it
  const position = await log.position(app)
  expect(await leases.claimNext(app, second)).toBeUndefined() // and runs
  expect(await leases.claimNext(app, first)).toBeUndefined()
  expect(await log.position(app)).toBe(position)
})

test('A7, L11: a message that was changed or moved before its turn starts is told as it is, and waits no more', async () => {
  const waits = async (app: string, id: string) => {
    const told = (await log.list(app, 0, 100)).flatMap((event) => ('message' in event ? [event.message] : []))
    return told.findLast((one) => typeof one === 'object' && one.id === id)
  }
  const [edited, moved] = [await insertTestApp(db), await insertTestApp(db)]
  const first = await add(edited)
  await queue.edit(edited, first.message.id, 'Another list')
  expect((await leases.claimNext(edited, first))?.id).toBe(first.turn.id)
  expect(await waits(edited, first.message.id)).toEqual({ ...first.message, text: 'Another list' })

  const second = await add(moved)
  await queue.order(moved, [second.message.id])
  expect(await waits(moved, second.message.id)).toMatchObject({ queued: true })
  expect((await leases.claimNext(moved, second))?.id).toBe(second.turn.id)
  expect(await waits(moved, second.message.id)).toEqual(second.message)
})

test('A10: a turn that waits for a deleted app is claimed only to be stopped, also one that was just added', async () => {
  for (const hint of [true, false]) {
    const app = await insertTestApp(db)
    const added = await add(app)
    await db.update(apps).set({ deletedAt: new Date() }).where(eq(apps.id, app))
    expect(await leases.claimNext(app, hint ? added : undefined)).toMatchObject({ id: added.turn.id, stopAsked: true })
  }
})

test('A6: a turn that goes on after a night has its whole time again, and began when it began', async () => {
  const app = await insertTestApp(db)
  const added = await add(app)
  const first = await leases.claimNext(app, added)
  if (!first) throw new Error('The turn was not claimed')
  const yesterday = new Date(Date.now() - 24 * 3_600_000)
  await db.update(turns).set({ startedAt: yesterday, deadline: yesterday }).where(eq(turns.id, first.id))
  await leases.release(first)

  const again = await leases.claimNext(app)

  expect(again).toMatchObject({ id: first.id, startedAt: yesterday })
  const leftMs = (again?.deadline?.getTime() ?? 0) - Date.now()
  expect(Math.abs(leftMs - timeLimitMs('turn'))).toBeLessThan(10_000)
})
