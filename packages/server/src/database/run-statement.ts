import type { PreparedQueryConfig } from 'drizzle-orm/pg-core'
import type { Database } from './database.ts'

type Transaction = Parameters<Parameters<Database['transaction']>[0]>[0]

/** Runs one of the few statements of which a turn mostly consists: no query builder makes its text anew each time. */
export async function runStatement<Row>(
  sql: Transaction | Database['express'],
  text: string,
  params: readonly unknown[],
): Promise<Row[]> {
  const query = { sql: text, params: [...params] }
  const statement = sql._.session.prepareQuery<PreparedQueryConfig>(query, undefined, undefined, false)
  const { rows } = (await statement.execute()) as { rows: Row[] }
  return rows
}
