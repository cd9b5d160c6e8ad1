import type { NewAppEvent } from '@overskill/protocol'
import { lockApp } from '../apps/lock-app.ts'
import { runStatement } from '../database/run-statement.ts'
import type { Delta, DeltaBatcher } from '../events/delta-batcher.ts'
import { joinDeltas } from '../events/delta-queue.ts'
import type { Write } from '../events/event-log.ts'

/** The turn belongs to somebody else now, or has ended: whoever gets this touches nothing further. */
export class LeaseLost extends Error {
  constructor(turn: string) {
    super(`Turn ${turn} is not ours any more`)
    this.name = 'LeaseLost'
  }
}

export type Lease = { app: string; turn: string; token: number }

/** What a fact does in the shared transaction: its rows, and the events that tell of them. */
export type Fact = (write: Write) => Promise<readonly NewAppEvent[]> | readonly NewAppEvent[]

/**
 * The one writer of a running turn. Facts are stored in the order in which they were given; those that wait while a
 * transaction is under way share the next one. Every transaction is fenced by the lease's token (AD3). After the first failure
 * everything rejects.
 */
export type TurnWriter = {
  /** Resolves when the fact is stored. `holdApp`: it changes the app's row, which everybody locks before its turns. */
  store(fact: Fact, options?: { holdApp?: boolean }): Promise<void>
  /** Growing text: batched, behind every fact that was given before. */
  delta(delta: Delta): void
  /** From now on nothing is stored any more: the turn is left to whoever takes it over. */
  abandon(): void
  isAbandoned(): boolean
}

type Waiting = { delta: Delta } | { fact: Fact; holdApp: boolean; resolve(): void; reject(error: unknown): void }

type WaitingFact = Extract<Waiting, { fact: Fact }>

const isFact = (item: Waiting): item is WaitingFact => 'fact' in item

export function createTurnWriter(lease: Lease, batcher: DeltaBatcher): TurnWriter {
  let waiting: Waiting[] = []
  let busy = false
  let failure: unknown

  /** In the next turn of the event loop: what one chunk of the model's reply brings is one transaction. */
  const begin = (): void => {
    busy = true
    setImmediate(() => void pump())
  }

  async function pump(): Promise<void> {
    while (waiting.some(isFact)) {
      const batch = waiting
      waiting = []
      const facts = batch.filter(isFact)
      try {
        if (failure) throw failure
        await batcher.write(lease.app, (write) => storeBatch(write, lease, batch))
        for (const fact of facts) fact.resolve()
      } catch (error) {
        failure = error
        batcher.drop(lease.app)
        const rest = waiting.filter(isFact)
        waiting = []
        for (const fact of [...facts, ...rest]) fact.reject(error)
      }
    }
    busy = false
    for (const item of waiting) if ('delta' in item) batcher.add(lease.app, item.delta)
    waiting = []
  }

  return {
    store(fact, { holdApp = false } = {}) {
      if (failure) return Promise.reject(failure as Error)
      const stored = new Promise<void>((resolve, reject) => waiting.push({ fact, holdApp, resolve, reject }))
      if (!busy) begin()
      return stored
    },
    abandon() {
      failure ??= new LeaseLost(lease.turn)
      batcher.drop(lease.app)
    },
    isAbandoned: () => failure !== undefined,
    delta(delta) {
      if (failure) return
      if (!busy) return batcher.add(lease.app, delta)
      const last = waiting.at(-1)
      const joined = last && 'delta' in last ? joinDeltas(last.delta, delta) : undefined
      if (joined) waiting.pop()
      waiting.push({ delta: joined ?? delta })
    },
  }
}

async function storeBatch(write: Write, lease: Lease, batch: readonly Waiting[]): Promise<void> {
  if (batch.some((item) => isFact(item) && item.holdApp)) write.sent(lockApp(write, lease.app, true))
  write.sent(holdLease(write, lease)) // the facts leave with it: where it is lost, they come to nothing
  const events: NewAppEvent[] = []
  for (const item of batch) events.push(...('fact' in item ? await item.fact(write) : [item.delta]))
  write.appendLast(lease.app, events)
}

/** Rejects unless the turn is still ours, and with it the whole transaction; until that ends nobody else can take the turn. */
async function holdLease({ sql }: Write, { turn, token }: Lease): Promise<void> {
  try {
    await runStatement(sql, heldStatement, [turn, token])
  } catch (error) {
    throw isNotOne(error) ? new LeaseLost(turn) : error
  }
}

/**
 * One by the number of rows that are held: it fails by itself when there is none, so that nobody has to wait for its answer. The lock
 * is the one that the facts then need of the row: a shared one would have to grow, and could meet another that does.
 */
const heldStatement = `
  select 1 / count(*) from (
    select from turns where id = $1 and lease_token = $2 and status = 'running' for no key update
  ) held`

const isNotOne = (error: unknown): boolean => (error as { cause?: { code?: unknown } }).cause?.code === '22012' // division by zero
