import { createHash } from 'node:crypto'
import { must } from '@overskill/protocol'
import { and, eq, isNull, lt, sql } from 'drizzle-orm'
import type { Database } from '../database/database.ts'
import { idempotencyKeys } from '../database/schema.ts'
import type { Write } from '../events/event-log.ts'
import { problemResponse, problemType } from './problem.ts'

export type KeyedRequest = { person: string; method: string; path: string; key: string; body: Uint8Array }

/**
 * Stores the answer in the transaction that does the work, so that whatever dies after it, the work is not done again. Rejects
 * when another request with the key has stored one meanwhile: the transaction is then undone.
 */
export type StoreAnswer = (write: Pick<Write, 'sql'>, status: number, body: unknown) => Promise<void>

/** Answers a keyed mutation once (API.md "Idempotency-Key"): runs it, or repeats the first answer. */
export type Idempotency = (request: KeyedRequest, run: (store: StoreAnswer) => Promise<Response>) => Promise<Response>

class AnsweredMeanwhile extends Error {}

const keptMs = 24 * 60 * 60 * 1_000
const keyForm = /^[\x21-\x7e]{1,200}$/

/**
 * Keys are rows. A row without a status is a request under way; one that began before this process did was cut off by the end
 * of another, so the next request with its key runs again. Answers that say "try again" (5xx) are not kept.
 */
export function createIdempotency(database: Database, startedAt = new Date()): Idempotency {
  return async (request, run) => {
    if (!keyForm.test(request.key)) {
      return problemResponse({ code: 'invalid', detail: 'An Idempotency-Key has 1 to 200 visible ASCII characters.' })
    }
    const row = { ...without(request), bodyHash: createHash('sha256').update(request.body).digest('hex') }
    const first = await claim(database, row, startedAt)
    if (first !== 'claimed') return repeat(first, row.bodyHash)
    let overtaken = false
    const store: StoreAnswer = async ({ sql: transaction }, status, body) => {
      const stored = await transaction
        .update(idempotencyKeys)
        .set({ status, body: JSON.stringify(body) })
        .where(isOpen(row))
        .returning({ key: idempotencyKeys.key })
      overtaken = stored.length === 0
      if (overtaken) throw new AnsweredMeanwhile('Another request with this Idempotency-Key was faster')
    }
    const response = await run(store).catch(async (error: unknown) => {
      if (overtaken) return undefined
      await database.delete(idempotencyKeys).where(isOpen(row))
      throw error
    })
    if (response && !overtaken) return keep(database, row, response)
    const [found] = await database.select().from(idempotencyKeys).where(same(row))
    return repeat(must(found, 'The answer that was stored meanwhile'), row.bodyHash)
  }
}

const without = ({ person, method, path, key }: KeyedRequest) => ({ person, method, path, key })

type Row = { person: string; method: string; path: string; key: string; bodyHash: string }
type Stored = typeof idempotencyKeys.$inferSelect

const same = (row: Row) =>
  and(
    eq(idempotencyKeys.person, row.person),
    eq(idempotencyKeys.method, row.method),
    eq(idempotencyKeys.path, row.path),
    eq(idempotencyKeys.key, row.key),
  )

/** The row, as long as it holds no answer. */
const isOpen = (row: Row) => and(same(row), isNull(idempotencyKeys.status))

/** Takes the key for this request, or finds the row of the one that has it. */
async function claim(database: Database, row: Row, startedAt: Date): Promise<'claimed' | Stored> {
  for (;;) {
    await database
      .delete(idempotencyKeys)
      .where(and(same(row), lt(idempotencyKeys.createdAt, new Date(Date.now() - keptMs))))
    const values = { ...row, createdAt: new Date() }
    const made = await database.insert(idempotencyKeys).values(values).onConflictDoNothing().returning()
    if (made.length > 0) return 'claimed'
    const cutOff = await database
      .update(idempotencyKeys)
      .set({ createdAt: values.createdAt, bodyHash: row.bodyHash })
      .where(and(same(row), isNull(idempotencyKeys.status), lt(idempotencyKeys.createdAt, startedAt)))
      .returning()
    if (cutOff.length > 0) return 'claimed'
    const [found] = await database.select().from(idempotencyKeys).where(same(row))
    if (found) return found
  }
}

function repeat(first: Stored, bodyHash: string): Response {
  if (first.bodyHash !== bodyHash) {
    return problemResponse({ code: 'invalid', detail: 'This Idempotency-Key was used for another body.' })
  }
  if (first.status === null) {
    return problemResponse({ code: 'conflict', detail: 'The first request with this Idempotency-Key still runs.' })
  }
  const headers = {
    'content-type': first.status >= 400 ? problemType : 'application/json',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'idempotency-replayed': 'true',
  }
  return new Response(first.body, { status: first.status, headers })
}

async function keep(database: Database, row: Row, response: Response): Promise<Response> {
  if (response.status >= 500) {
    await database.delete(idempotencyKeys).where(isOpen(row))
    return response
  }
  const body = await response.text()
  await database.update(idempotencyKeys).set({ status: response.status, body }).where(isOpen(row))
  return new Response(body, { status: response.status, headers: response.headers })
}

/** Drops the keys that are too old to be repeated. Cheap; called now and then. */
export async function dropOldKeys(database: Database): Promise<void> {
  await database.delete(idempotencyKeys).where(lt(idempotencyKeys.createdAt, sql`now() - interval '24 hours'`))
}
