import type { Socket } from 'node:net'
import process from 'node:process'
import type { PoolClient } from 'pg'

type Statement = { text: string; name?: string | undefined; values?: unknown }

/** The most statements that a connection keeps parsed, of how many values at most: long lists have as many forms as lengths. */
const mostNames = 500
const mostValues = 40
const names = new Map<string, string>()

/**
 * Makes a connection say the same with fewer words:
 * - a statement has a name by its text, so that the server parses and plans it once: that is most of what a small one costs it;
 * - statements of one moment leave in one packet;
 * - nobody waits for the answer to `begin`. Where it fails the connection is given up: nothing may run outside its transaction.
 */
export function talkLess(client: PoolClient): void {
  const ask = client.query.bind(client) as (statement: unknown, ...rest: unknown[]) => unknown
  const { stream } = (client as unknown as { connection: { stream: Socket } }).connection
  const hold = holdPackets(stream)
  const query = (statement: string | Statement, ...rest: unknown[]): unknown => {
    hold()
    if (typeof statement === 'string') return ask(statement, ...rest)
    const answer = ask(named(statement, rest[0]), ...rest)
    if (!statement.text.startsWith('begin') || !(answer instanceof Promise)) return answer
    answer.catch(() => stream.destroy())
    return Promise.resolve({ rows: [] })
  }
  client.query = query as PoolClient['query']
}

function named(statement: Statement, values: unknown): Statement {
  const isFit = Array.isArray(values) && values.length > 0 && values.length <= mostValues
  if (statement.name !== undefined || !isFit) return statement
  const name = names.get(statement.text) ?? (names.size < mostNames ? `s${names.size + 1}` : undefined)
  if (name === undefined) return statement
  names.set(statement.text, name)
  return { ...statement, name }
}

/** Returns what to call before something is written: until the end of this moment, it stays together. */
function holdPackets(stream: Socket): () => void {
  let isHeld = false
  return () => {
    if (isHeld) return
    isHeld = true
    stream.cork()
    process.nextTick(() => {
      isHeld = false
      stream.uncork()
    })
  }
}
