import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { request as startRequest, type ClientRequest } from 'node:http'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { must } from '@overskill/protocol'
import { Client } from 'pg'
import { median, quantile, type Bracketed } from './figure.ts'

/** One round of each reference, in ms. */
export type ReferenceRound = { commitMs: number; lagMs: number; echoMs: number }

export type References = { measure(): Promise<ReferenceRound>; close(): Promise<void> }

const commitsPerRound = 100
const echoesPerRound = 200
const lagsPerRound = 200
const lagSleepMs = 5

/** What the machine can do just now, on the database of the given data dir (its product runs). */
export async function openReferences(dataDir: string): Promise<References> {
  const database = await openJournal(dataDir)
  const echo = await openEcho()
  return {
    async measure() {
      const commitMs = median(await timesOf(commitsPerRound, () => commit(database)))
      const echoMs = median(await timesOf(echoesPerRound, () => echo.once()))
      return { commitMs, echoMs, lagMs: await measureLag() }
    },
    async close() {
      await echo.close()
      await database.end()
    },
  }
}

export const besideCommit = (rounds: readonly ReferenceRound[]): Bracketed => ({
  name: 'journal commit',
  unit: 'ms',
  bracket: 1,
  rounds: rounds.map(({ commitMs }) => commitMs),
})

export const besideEcho = (rounds: readonly ReferenceRound[]): Bracketed => ({
  name: 'SSE echo',
  unit: 'ms',
  bracket: 1,
  rounds: rounds.map(({ echoMs }) => echoMs),
})

export const besideLag = (lagMs: readonly number[]): Bracketed => ({
  name: 'setImmediate p99',
  unit: 'ms',
  bracket: 2,
  rounds: lagMs,
})

/**
 * How late a callback comes that a process at rest has asked for, p99: it sleeps, then yields by `setImmediate`, and what is
 * beyond the sleep is the lag. A loop that never sleeps would not notice a busy machine: it is hardly ever the one that waits.
 */
export async function measureLag(): Promise<number> {
  const lags: number[] = []
  while (lags.length < lagsPerRound) {
    const from = performance.now()
    await new Promise((resolve) => setTimeout(() => setImmediate(resolve), lagSleepMs))
    lags.push(performance.now() - from - lagSleepMs)
  }
  return quantile(lags, 0.99)
}

async function timesOf(count: number, work: () => Promise<unknown>): Promise<number[]> {
  const times: number[] = []
  for (let index = 0; index < count; index += 1) {
    const from = performance.now()
    await work()
    times.push(performance.now() - from)
  }
  return times
}

/** A connection of our own to the embedded server, with a table of our own: one number, one row, as the journal has them. */
async function openJournal(dataDir: string): Promise<Client> {
  const lines = (await readFile(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8')).split('\n')
  const host = must(lines[4], 'The socket of the embedded PostgreSQL')
  const client = new Client({ host, user: 'overskill', database: 'overskill' })
  await client.connect()
  await client.query('create schema bench')
  await client.query('create table bench.streams (app text primary key, seq bigint not null)')
  await client.query('create table bench.events (app text, seq bigint, data json, primary key (app, seq))')
  await client.query(`insert into bench.streams values ('bench', 0)`)
  return client
}

/** One durable fact: its number and its row in one statement, which is one transaction. */
const commit = (client: Client): Promise<unknown> =>
  client.query(
    `with stream as (update bench.streams set seq = seq + 1 where app = 'bench' returning seq)
     insert into bench.events select 'bench', seq, $1 from stream`,
    [JSON.stringify({ type: 'tool.running', status: 'running', name: 'os-write' })],
  )

/** A line to another process and back as an event, on connections that are open. */
async function openEcho(): Promise<{ once(): Promise<void>; close(): Promise<void> }> {
  const child = spawn(process.execPath, [fileURLToPath(new URL('sse-echo.ts', import.meta.url))], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = (await once(child.stdout, 'data', { signal: AbortSignal.timeout(20_000) })) as [Buffer]
  const { port } = JSON.parse(line.toString()) as { port: number }
  let heard: (text: string) => void = () => undefined
  const reader = startRequest({ host: '127.0.0.1', port, agent: false }, (response) => {
    response.setEncoding('utf8')
    response.on('data', (text: string) => heard(text))
    response.on('error', () => undefined) // we end it ourselves
  })
  const next = (fits: (text: string) => boolean): Promise<void> =>
    new Promise((resolve) => {
      heard = (text) => fits(text) && resolve()
    })
  const opened = next(() => true)
  reader.on('error', () => undefined)
  reader.end()
  await opened
  const writer = startRequest({ host: '127.0.0.1', port, method: 'POST', agent: false })
  writer.on('error', () => undefined)
  let count = 0
  const echoOnce = async (): Promise<void> => {
    const line = `echo ${(count += 1)}`
    const back = next((text) => text === `data: ${line}\n\n`)
    writer.write(line)
    await back
  }
  await echoOnce() // sends the head
  return { once: echoOnce, close: () => closeEcho(child, [reader, writer]) }
}

async function closeEcho(child: ReturnType<typeof spawn>, requests: ClientRequest[]): Promise<void> {
  for (const request of requests) request.destroy()
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  await exited
}
