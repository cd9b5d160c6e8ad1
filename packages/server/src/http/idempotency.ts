import { createHash } from 'node:crypto'
import type { Database } from '../database/database.ts'
import { idempotencyKeys } from '../database/schema.ts'
import type { Write } from '../events/event-log.ts'
import type { Log } from '../log.ts'
import { IdempotencyKeys, isOld, type Key, type KeyRow } from './idempotency-keys.ts'
import { apiHeaders, problemResponse, problemType } from './problem.ts'

export type KeyedRequest = Key & { body: Uint8Array }

/**
 * Stores the answer in the transaction that does the work, so that whatever dies after it, the work is not done again. Rejects
 * when another request with the key has taken it over meanwhile: the transaction is then undone.
 */
export type StoreAnswer = (write: Pick<Write, 'sql'>, status: number, body: unknown) => Promise<void>

/** Answers a keyed mutation once (API.md "Idempotency-Key"): runs it, or repeats the first answer. */
export type Idempotency = (request: KeyedRequest, run: (store: StoreAnswer) => Promise<Response>) => Promise<Response>

class TakenOver extends Error {}

const keyForm = /^[\x21-\x7e]{1,200}$/

/** Keys are rows (`IdempotencyKeys`). Answers that say "try again" (5xx) are not kept: the next request with the key runs. */
export function createIdempotency(database: Database, log: Log): Idempotency {
  const keys = new IdempotencyKeys(database, log)
  return async ({ body, ...key }, run) => {
    if (!keyForm.test(key.key)) {
      return problemResponse({ code: 'invalid', detail: 'An Idempotency-Key has 1 to 200 visible ASCII characters.' })
    }
    const bodyHash = createHash('sha256').update(body).digest('hex')
    using held = keys.hold(key)
    const first = held ? await keys.claim(key, bodyHash) : await keys.find(key)
    if (first !== 'claimed') return repeat(first, bodyHash)
    let isLost = false
    const store: StoreAnswer = async ({ sql }, status, answer) => {
      isLost = !(await keys.store(sql, key, { status, body: JSON.stringify(answer) }))
      if (isLost) throw new TakenOver('Another request with this Idempotency-Key has taken it over')
    }
    const response = await run(store).catch(async (error: unknown) => {
      if (isLost) return undefined
      await keys.free(key)
      throw error
    })
    if (response && !isLost) return await keep(keys, key, response) // while it is ours
    return repeat(await keys.find(key), bodyHash)
  }
}

/** @param first The row of the request that has the key; undefined: it has none yet, or none any more. */
function repeat(first: KeyRow | undefined, bodyHash: string): Response {
  if (first && first.bodyHash !== bodyHash) {
    return problemResponse({ code: 'invalid', detail: 'This Idempotency-Key was used for another body.' })
  }
  if (!first || first.status === null) {
    return problemResponse({ code: 'conflict', detail: 'The first request with this Idempotency-Key still runs.' })
  }
  const headers = {
    ...apiHeaders,
    'content-type': first.status >= 400 ? problemType : 'application/json',
    ...(first.etag !== null && { etag: first.etag }),
    'idempotency-replayed': 'true',
  }
  return new Response(first.body, { status: first.status, headers })
}

async function keep(keys: IdempotencyKeys, key: Key, response: Response): Promise<Response> {
  const { status, headers } = response
  if (status >= 500) {
    await keys.free(key)
    return response
  }
  const body = await response.text()
  await keys.keep(key, { status, body, etag: headers.get('etag') })
  return new Response(body, { status, headers })
}

/** Drops the keys that are too old to be repeated. Cheap; called now and then. */
export async function dropOldKeys(database: Database): Promise<void> {
  await database.delete(idempotencyKeys).where(isOld)
}
