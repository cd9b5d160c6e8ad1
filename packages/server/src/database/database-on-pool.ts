import { drizzle } from 'drizzle-orm/node-postgres'
import type { Pool, PoolClient } from 'pg'
import type { Database } from './database.ts'
import * as schema from './schema.ts'

/**
 * The database on a pool. Its transactions give their connection back however they end: drizzle's own keep for ever one that
 * is lost before `begin` was answered, and a pool that has lent all out answers nobody.
 */
export function databaseOn(pool: Pool): Database {
  // Lost while it is lent out and nothing is asked of it: the next query says so. Without a listener the process would end.
  pool.on('connect', (client) => void client.on('error', () => {}))
  const database = drizzle(pool, { schema })
  const ofClients = new WeakMap<PoolClient, ReturnType<typeof onClient>>()
  const onClient = (client: PoolClient) => drizzle(client, { schema })
  database.transaction = async (work, config) => {
    const client = await pool.connect()
    try {
      const own = ofClients.get(client) ?? onClient(client)
      ofClients.set(client, own)
      return await own.transaction(work, config)
    } finally {
      client.release()
    }
  }
  return database
}
