import { and, eq, sql } from 'drizzle-orm'
import { Client } from 'pg'
import { expect, test } from 'vitest'
import { connectDatabase } from '../database/connect-database.ts'
import { facts, idempotencyKeys as table } from '../database/schema.ts'
import { withTestDatabase } from '../database/test-database.ts'
import { silentLog } from '../log.ts'
import { createIdempotency, dropOldKeys, type Idempotency, type StoreAnswer } from './idempotency.ts'

const { db, pool, connection } = await withTestDatabase()

/** What one process of a fleet answers keyed requests with. */
const startProcess = (database = db): Idempotency => createIdempotency(database, silentLog)

const address = { person: 'owner', method: 'POST', path: '/x' }
const asked = (key: string, body = '') => ({ ...address, key, body: Buffer.from(body) })
const answers =
  (value: unknown, status = 200) =>
  async () =>
    Response.json(value, { status })
const never = () => new Promise<Response>(() => {})
const isKey = (key: string) => and(eq(table.key, key), eq(table.path, address.path))
const rowOf = (key: string) => db.query.idempotencyKeys.findFirst({ where: isKey(key) })

/** A request that is under way until it is told to go on with `work`. */
async function begin(process: Idempotency, key: string, work: (store: StoreAnswer) => Promise<Response> = never) {
  const [began, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const answer = process(asked(key), async (store) => {
    began.resolve()
    await gate.promise
    return work(store)
  })
  await began.promise
  return {
    goOn() {
      gate.resolve()
      return answer
    },
  }
}

/** As if its owner had not renewed the lease for long, and somebody else had the key by now. */
const takeOver = (key: string) =>
  db
    .update(table)
    .set({ leaseOwner: 'another', leaseUntil: sql`now() + interval '1 hour'` })
    .where(isKey(key))
const endLease = (key: string) =>
  db
    .update(table)
    .set({ leaseUntil: sql`now() - interval '1 ms'` })
    .where(isKey(key))

/** From now on nobody reaches the database. Returns what ends that. */
async function takeDatabaseAway(): Promise<() => Promise<void>> {
  const admin = new Client({ ...connection, user: 'postgres', database: 'postgres' })
  await admin.connect()
  await admin.query(`alter database ${connection.database} allow_connections false`)
  await admin.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [connection.database])
  await expect.poll(() => pool.totalCount).toBe(0)
  return async () => {
    await admin.query(`alter database ${connection.database} allow_connections true`)
    await admin.end()
  }
}

test('a key whose request failed while the database was away is free as soon as it is back', async () => {
  const process = startProcess()
  const first = await begin(process, 'away', answers({}, 500))
  const bringBack = await takeDatabaseAway()
  expect((await first.goOn()).status).toBe(500)
  await bringBack()
  expect(await (await process(asked('away'), answers({ ran: true }))).json()).toEqual({ ran: true })
})

test('work that was done is answered though the database went away before its answer was kept', async () => {
  const first = await begin(startProcess(), 'unkept', answers({ done: true }))
  const bringBack = await takeDatabaseAway()
  const answer = await first.goOn()
  await bringBack()
  expect([answer.status, await answer.json()]).toEqual([200, { done: true }])
})

test('the key of a process that was killed is free for the others once its lease is over, and not before', async () => {
  const [other, killed] = [startProcess(), connectDatabase({ ...connection, max: 2 }, () => {})]
  await begin(startProcess(killed.db), 'killed')
  await killed.close()
  expect((await other(asked('killed'), answers({}))).status).toBe(409)
  await endLease('killed')
  expect((await other(asked('killed'), answers({ by: 'other' }))).status).toBe(200)
  expect(await rowOf('killed')).toMatchObject({ status: 200, body: '{"by":"other"}' })
})

test('a process that starts while another works on a keyed request does not run it beside', async () => {
  const first = await begin(startProcess(), 'live', answers({ by: 'first' }))
  const beside = await startProcess()(asked('live'), answers({ by: 'young' }))
  const answer = await first.goOn()
  expect([beside.status, await answer.json()]).toEqual([409, { by: 'first' }])
})

test('a request of this process that still runs keeps its key, even where its lease is over', async () => {
  const process = startProcess()
  const first = await begin(process, 'slow', answers({ by: 'first' }))
  await endLease('slow')
  expect((await process(asked('slow'), answers({ by: 'second' }))).status).toBe(409)
  await first.goOn()
  expect(await (await process(asked('slow'), answers({ by: 'third' }))).json()).toEqual({ by: 'first' })
})

test('leases are renewed while their requests run, all of a process in one statement, and those of ended ones are not', async () => {
  const process = startProcess()
  await begin(process, 'long-1')
  await begin(process, 'long-2')
  const { leaseOwner } = (await rowOf('long-1')) ?? {}
  await db.insert(table).values({ ...address, key: 'left', bodyHash: '', leaseOwner })
  const ours = leaseOwner ? eq(table.leaseOwner, leaseOwner) : sql`false`
  await db
    .update(table)
    .set({ leaseUntil: sql`now()` })
    .where(ours)
  const renewed = () =>
    db
      .select({ key: table.key, by: sql`xmin::text` })
      .from(table)
      .where(and(ours, sql`lease_until > now() + interval '5 s'`))
      .orderBy(table.key)
  await expect
    .poll(async () => (await renewed()).map(({ key }) => key), { timeout: 20_000 })
    .toEqual(['long-1', 'long-2'])
  const rows = await renewed()
  expect(rows.map(({ key }) => key)).toEqual(['long-1', 'long-2'])
  expect(new Set(rows.map(({ by }) => by)).size).toBe(1)
})

test('a lease is renewed beside a transaction that holds the row of another key', async () => {
  const process = startProcess()
  await begin(process, 'held-1')
  await begin(process, 'held-2')
  await endLease('held-2')
  await db.transaction(async (transaction) => {
    await transaction.update(table).set({ body: '' }).where(isKey('held-1'))
    const isRenewed = async () => Number((await rowOf('held-2'))?.leaseUntil) > Date.now()
    await expect.poll(isRenewed, { timeout: 20_000 }).toBe(true)
  })
})

test('L5: work whose answer was stored with it is not done again, whatever died before the answer went out', async () => {
  const first = await begin(startProcess(), 'stored', async (store) => {
    await db.transaction((transaction) => store({ sql: transaction }, 202, { done: 1 }))
    return never() // the process ends here
  })
  void first.goOn()
  await expect.poll(async () => (await rowOf('stored'))?.status).toBe(202)
  const again = await startProcess()(asked('stored'), answers({ done: 2 }))
  expect([again.status, await again.text()]).toEqual([202, '{"done":1}'])
})

test('L5: work whose key another process has taken over is undone, and that one’s answer is repeated', async () => {
  const working = (by: string) => async (store: StoreAnswer) => {
    await db.transaction(async (transaction) => {
      await transaction.insert(facts).values({ name: `made by ${by}`, value: '' })
      await store({ sql: transaction }, 202, { by })
    })
    return Response.json({ by }, { status: 202 })
  }
  const slow = await begin(startProcess(), 'both', working('slow'))
  await takeOver('both')
  await endLease('both')
  const fast = await startProcess()(asked('both'), working('fast'))
  const late = await slow.goOn()
  expect(await Promise.all([fast.json(), late.json()])).toEqual([{ by: 'fast' }, { by: 'fast' }])
  expect(
    await db
      .select()
      .from(facts)
      .where(sql`name like 'made by %'`),
  ).toMatchObject([{ name: 'made by fast' }])
})

test('a request whose key was taken over neither frees it nor answers for the one that has it', async () => {
  for (const [key, status] of [
    ['lost-500', 500],
    ['lost-200', 200],
  ] as const) {
    const first = await begin(startProcess(), key, answers({}, status))
    await takeOver(key)
    await first.goOn()
    expect(await rowOf(key)).toMatchObject({ leaseOwner: 'another', status: null })
  }
})

test('a key without an answer that an earlier program left is free', async () => {
  await db.insert(table).values({ ...address, key: 'earlier', bodyHash: 'other' })
  expect((await startProcess()(asked('earlier'), answers({}))).status).toBe(200)
})

test('a key is free after 24 hours, and after an answer that says try again', async () => {
  const old = {
    ...address,
    bodyHash: 'other',
    status: 200,
    body: '{}',
    createdAt: new Date(Date.now() - 25 * 3_600_000),
  }
  await db.insert(table).values([
    { ...old, key: 'old' },
    { ...old, key: 'older' },
  ])
  const process = startProcess()
  expect((await process(asked('old'), answers({}, 201))).status).toBe(201)
  expect((await process(asked('old'), answers({}))).status).toBe(201)
  expect((await process(asked('later'), answers({}, 503))).status).toBe(503)
  expect((await process(asked('later'), answers({}))).headers.get('idempotency-replayed')).toBeNull()
  await dropOldKeys(db)
  expect([await rowOf('older'), (await rowOf('old'))?.status]).toEqual([undefined, 201])
})

test('an answer is repeated with its ETag, and for the same body only', async () => {
  const process = startProcess()
  await process(asked('tagged', 'a'), async () => new Response('{}', { headers: { etag: '"1"' } }))
  const [again, other] = [await process(asked('tagged', 'a'), never), await process(asked('tagged', 'b'), never)]
  expect([again.headers.get('etag'), again.headers.get('idempotency-replayed')]).toEqual(['"1"', 'true'])
  expect(other.status).toBe(422)
})
