import { and, eq, inArray, isNull, lt, or, sql } from 'drizzle-orm'
import type { Database } from '../database/database.ts'
import { idempotencyKeys as table } from '../database/schema.ts'
import { leaseEnd, newOwner, renewMs } from '../dispatch/lease-terms.ts'
import type { Write } from '../events/event-log.ts'
import type { Log } from '../log.ts'

export type Key = { person: string; method: string; path: string; key: string }
export type KeyRow = typeof table.$inferSelect
/** What is repeated of an answer. */
export type KeptParts = { status: number; body: string; etag?: string | null }

/**
 * The rows of keys, as one process writes them. A row without a status is a request under way. Its owner renews its lease while
 * it runs, by the clock of the database; when the lease is over the key is anybody's. What a process no longer owns, it neither
 * stores an answer in nor deletes.
 */
export class IdempotencyKeys {
  readonly #database: Database
  readonly #log: Log
  readonly #owner = newOwner()
  readonly #running = new Map<string, Key>()
  #renewal: NodeJS.Timeout | undefined

  constructor(database: Database, log: Log) {
    this.#database = database
    this.#log = log
  }

  /** Keeps the key for one request of this process until it is disposed of. Undefined: another of its requests has it. */
  hold(key: Key): Disposable | undefined {
    const name = JSON.stringify([key.person, key.method, key.path, key.key])
    if (this.#running.has(name)) return undefined
    this.#running.set(name, key)
    this.#renewal ??= setInterval(() => void this.#renew(), renewMs).unref()
    return { [Symbol.dispose]: () => this.#letGo(name) }
  }

  #letGo(name: string): void {
    this.#running.delete(name)
    if (this.#running.size > 0) return
    clearInterval(this.#renewal)
    this.#renewal = undefined
  }

  /**
   * Takes a key that this process holds, or finds the row of the request that has it. Free is a key that is new or 24 hours old,
   * whose lease is over, or that an ended request of this process left open: the database may have been away at its end.
   */
  async claim(key: Key, bodyHash: string): Promise<'claimed' | KeyRow> {
    const isLost = sql`(${table.leaseUntil} is null or ${table.leaseUntil} < now() or ${table.leaseOwner} = ${this.#owner})`
    const mine = { bodyHash, leaseOwner: this.#owner, leaseUntil: leaseEnd() }
    for (;;) {
      const claimed = await this.#database
        .insert(table)
        .values({ ...key, ...mine })
        .onConflictDoUpdate({
          target: [table.person, table.method, table.path, table.key],
          set: { ...mine, status: null, body: null, etag: null, createdAt: sql`now()` },
          setWhere: sql`${isOld} or ${table.status} is null and ${isLost}`,
        })
        .returning({ key: table.key })
      if (claimed.length > 0) return 'claimed'
      const found = await this.find(key)
      if (found) return found
    }
  }

  async find(key: Key): Promise<KeyRow | undefined> {
    const [found] = await this.#database.select().from(table).where(isKey(key))
    return found
  }

  /** @returns Whether the key is still ours and had no answer; only then is this one stored. */
  async store(sql: Write['sql'] | Database, key: Key, answer: KeptParts): Promise<boolean> {
    const stored = await sql.update(table).set(answer).where(this.#isOurs(key)).returning({ key: table.key })
    return stored.length > 0
  }

  /** `store` after the work, which is done whether this succeeds or not. Never rejects. */
  async keep(key: Key, answer: KeptParts): Promise<void> {
    await this.store(this.#database, key, answer).catch(
      this.#warn('An answer could not be kept for its Idempotency-Key'),
    )
  }

  /** Lets the next request with the key run. Never rejects: where the database is away, `claim` knows. */
  async free(key: Key): Promise<void> {
    const freed = this.#database.delete(table).where(this.#isOurs(key))
    await freed.catch(this.#warn('An Idempotency-Key could not be freed'))
  }

  #isOurs(...keys: Key[]) {
    return and(or(...keys.map(isKey)), isNull(table.status), eq(table.leaseOwner, this.#owner))
  }

  readonly #warn = (message: string) => (error: unknown) => this.#log.warn(message, { error })

  /** Whose row is locked is about to have its answer stored, and is not waited for. */
  async #renew(): Promise<void> {
    const { express } = this.#database // a lease must not run out behind whatever fills the pool
    const ours = express
      .select({ place: sql`ctid` })
      .from(table)
      .where(this.#isOurs(...this.#running.values()))
    await express
      .update(table)
      .set({ leaseUntil: leaseEnd() })
      .where(inArray(sql`ctid`, ours.for('no key update', { skipLocked: true })))
      .catch(this.#warn('Leases of Idempotency-Keys could not be renewed'))
  }
}

/** Of a row that is too old for its answer to be repeated. */
export const isOld = lt(table.createdAt, sql`now() - interval '24 hours'`)

const isKey = (key: Key) =>
  and(eq(table.person, key.person), eq(table.method, key.method), eq(table.path, key.path), eq(table.key, key.key))
