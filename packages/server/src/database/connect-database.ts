import { drizzle } from 'drizzle-orm/node-postgres'
import { Pool, type PoolClient, type PoolConfig } from 'pg'
import type { Database } from './database.ts'
import * as schema from './schema.ts'
import { talkLess } from './talk-less.ts'

/** The database and its connections. */
export type Connected = { db: Database; pool: Pool; close: () => Promise<void> }

/**
 * The database on a pool of connections, and one more for what goes by the express. Transactions give their connection back however
 * they end: drizzle's own keep for ever one that is lost before `begin` was answered, and a pool that has lent all out answers nobody.
 *
 * Within a transaction a statement need not wait for the answer to the one before: the server runs them one after the other, each
 * on what the former ones did, and after a failed one it refuses the rest, `commit` included.
 *
 * @param onLost hears of an idle connection that was lost.
 */
export function connectDatabase(config: PoolConfig, onLost: (error: Error) => void): Connected {
  const pool = openPool(config, onLost)
  const express = openPool({ ...config, max: 1 }, onLost)
  return {
    pool,
    db: Object.assign(databaseOn(pool), { express: databaseOn(express) }),
    close: async () => void (await Promise.allSettled([pool.end(), express.end()])),
  }
}

/** Without a listener, a connection that is lost would end the process: an idle one, or one lent out of which nothing is asked. */
function openPool(config: PoolConfig, onLost: (error: Error) => void): Pool {
  const pool = new Pool({ ...config, pipeline: true })
  pool.on('error', onLost)
  pool.on('connect', (client) => {
    client.on('error', () => {}) // the next query says so
    talkLess(client)
  })
  return pool
}

function databaseOn(pool: Pool): Database['express'] {
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
