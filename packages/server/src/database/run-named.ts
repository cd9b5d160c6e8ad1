import type { PreparedQueryConfig } from 'drizzle-orm/pg-core'
import type { Database } from './database.ts'

type Transaction = Parameters<Parameters<Database['transaction']>[0]>[0]

/** A statement in words, with a name that no other has. */
export type NamedStatement = { name: string; text: string }

/**
 * Runs one of the statements of which a turn consists. By its name each connection parses and plans it once, and no query builder
 * makes its text: the two are most of what a small statement costs.
 */
export async function runNamed<Row>(
  transaction: Transaction,
  { name, text }: NamedStatement,
  params: readonly unknown[],
): Promise<Row[]> {
  const query = { sql: text, params: [...params] }
  const statement = transaction._.session.prepareQuery<PreparedQueryConfig>(query, undefined, name, false)
  const { rows } = (await statement.execute()) as { rows: Row[] }
  return rows
}
