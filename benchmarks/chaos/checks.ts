import { createHash } from 'node:crypto'
import { Pool } from 'pg'
import { quantile } from '../figure.ts'
import { send } from '../program.ts'
import { contentOf, filesPerTurn, pathsOfTurn } from './chaos-model.ts'
import type { Played } from './workload.ts'
import type { World } from './world.ts'

/** One thing that must be so after any chaos. `wrong` is empty when it is. */
export type Check = { rule: string; wrong: string[] }

/**
 * How turns went on after restarts, in ms: killed → healthy; killed → the lease that another waited for was over (0 where
 * nobody waited); and from the later of the two to the next event of a turn that ran (0 when it went on before). A turn whose
 * deployment lost its owner has no event when that lease is over: it counts as over as early as it can have been.
 */
export type Recovery = {
  healthyP50Ms: number
  leaseP99Ms: number
  eventP99Ms: number
  /** The turn that waited longest, in words. */
  slowest: string
  samples: number
  failedTurns: number
}

/** Opens the world's database for the checks. */
export async function withDatabase<T>({ database }: World, work: (sql: Sql) => Promise<T>): Promise<T> {
  const pool = new Pool({ ...database, user: 'postgres', max: 4 })
  try {
    return await work(async (text, values = []) => (await pool.query(text, [...values])).rows as Row[])
  } finally {
    await pool.end()
  }
}

type Row = Record<string, unknown>
export type Sql = (text: string, values?: readonly unknown[]) => Promise<Row[]>

/** Looks at everything that lasts, and at what is served. */
export async function checkWorld(
  world: World,
  sql: Sql,
  played: readonly Played[],
  complaints: readonly string[],
): Promise<Check[]> {
  return [
    { rule: 'every turn ended, in one terminal state', wrong: await openTurns(sql) },
    { rule: 'every acknowledged message is there once, with one turn', wrong: await messageProblems(sql, played) },
    { rule: 'every call was answered once, in the order asked', wrong: [...complaints, ...(await callProblems(sql))] },
    { rule: 'every acknowledged write is there once', wrong: await writeProblems(sql, played) },
    { rule: 'versions are numbered 1, 2, 3 … without a break', wrong: await versionProblems(sql) },
    {
      rule: 'events are numbered without a gap, stored and as clients saw them',
      wrong: await eventProblems(sql, played),
    },
    {
      rule: 'what is deployed is what the newest version was built to, and is served',
      wrong: await deployProblems(world, sql, played),
    },
  ]
}

const lines = (rows: readonly Row[]): string[] => rows.map((row) => JSON.stringify(row))

const openTurns = async (sql: Sql): Promise<string[]> =>
  lines(await sql(`select id, status, phase from turns where status in ('queued', 'running')`))

async function messageProblems(sql: Sql, played: readonly Played[]): Promise<string[]> {
  const rows = await sql(
    `select m.app, m.text, count(*)::int as times from messages m where not removed group by m.app, m.text having count(*) > 1`,
  )
  const stored = new Set(
    (await sql(`select m.id from messages m join turns t on t.message = m.id and t.id = m.turn`)).map(({ id }) => id),
  )
  const lost = played.flatMap(({ acknowledged }) => acknowledged.filter(({ message }) => !stored.has(message)))
  return [...lines(rows), ...lost.map(({ message }) => `lost ${message}`)]
}

const callProblems = async (sql: Sql): Promise<string[]> =>
  lines(
    await sql(
      `select turn, step, position, status from tool_executions where status in ('pending', 'queued', 'running')`,
    ),
  )

/** The newest version of each app holds what its newest completed turn wrote, and no call told of its change twice. */
async function writeProblems(sql: Sql, played: readonly Played[]): Promise<string[]> {
  const twice = await sql(`
    select app, data->'origin'->>'call' as call, count(*)::int as times from events
    where type = 'files.changed' and data->'origin'->>'call' is not null group by 1, 2 having count(*) > 1`)
  const wrong = await Promise.all(
    played.map(async ({ app, name, acknowledged, ended }) => {
      const whole = acknowledged.filter(({ turn }) => ended.get(turn) === 'turn.completed')
      const each = await Promise.all(whole.map(({ number, turn }) => missingOf(sql, app, name, number, turn)))
      return each.flat()
    }),
  )
  return [...lines(twice), ...wrong.flat()]
}

async function missingOf(sql: Sql, app: string, name: string, number: number, turn: string): Promise<string[]> {
  const rows = await sql(
    `select e->>'path' as path, e->>'hash' as hash from versions v join trees t on t.hash = v.tree, jsonb_array_elements(t.entries) e
     where v.app = $1 and v.turn = $2`,
    [app, turn],
  )
  const found = new Map(rows.map(({ path, hash }) => [path, hash]))
  const hashOf = (path: string): string =>
    createHash('sha256')
      .update(contentOf(name, number, path))
      .digest('hex')
  const missing = pathsOfTurn.filter((path) => found.get(path) !== hashOf(path))
  return missing.length === 0
    ? []
    : [`turn ${number} of ${name}: ${missing.length} of ${filesPerTurn} files are not as written`]
}

const versionProblems = async (sql: Sql): Promise<string[]> =>
  lines(
    await sql(
      `select app, count(*)::int as versions, max(number) as newest from versions group by app having count(*) <> max(number)`,
    ),
  )

async function eventProblems(sql: Sql, played: readonly Played[]): Promise<string[]> {
  const stored = await sql(`
    select e.app, count(*)::int as events, max(e.seq) as newest, s.seq as counter from events e join streams s on s.app = e.app
    group by e.app, s.seq having count(*) <> max(e.seq) or min(e.seq) <> 1 or max(e.seq) <> s.seq`)
  return [
    ...lines(stored),
    ...played.flatMap(({ app, follower }) => follower.problems.map((one) => `client of ${app}: ${one}`)),
  ]
}

async function deployProblems(world: World, sql: Sql, played: readonly Played[]): Promise<string[]> {
  const rows = await sql(`
    select p.app, p.artifact as deployed, array_agg(b.artifact) as built from pointers p
    join deployments d on d.id = p.deployment
    join versions v on v.app = p.app and v.number = (select max(number) from versions where app = p.app and build = 'ok')
    left join builds b on b.tree = v.tree where p.environment = 'preview'
    group by p.app, p.artifact having not p.artifact = any(array_agg(b.artifact))`)
  const served = await Promise.all(played.map((one) => servedProblem(world, sql, one)))
  return [...lines(rows), ...served.flat()]
}

/** The page at the preview address holds the words of the app's newest version. */
async function servedProblem(world: World, sql: Sql, { app, name, acknowledged }: Played): Promise<string[]> {
  const [newest] = await sql(`select turn from versions where app = $1 order by number desc limit 1`, [app])
  const number = acknowledged.find(({ turn }) => turn === newest?.['turn'])?.number
  if (number === undefined) return []
  const problems = world.nodes
    .filter(({ isWeb }) => isWeb)
    .map(async (node) => {
      const host = `preview-${app}.localhost:${node.port}`
      const page = await send(node.port, { method: 'GET', path: '/', host })
      const scripts = [...page.body.matchAll(/(?:src|href)="(\/[^"]+\.js)"/g)].map(([, path]) => path ?? '')
      const texts = await Promise.all(scripts.map((path) => send(node.port, { method: 'GET', path, host })))
      return texts.some(({ body }) => body.includes(`${name} turn ${number}`))
        ? []
        : [`preview-${app} does not serve turn ${number} of ${name}`]
    })
  return (await Promise.all(problems)).flat()
}

/** A lease lasts 10 s and was renewed 2 s before the kill at most. */
const shortestLeaseMs = 8_000

/** How long after each restart the turns that ran when the process died went on. */
export async function recoveryOf(sql: Sql, restarts: World['restarts']): Promise<Recovery> {
  const rows = await Promise.all(
    restarts.map(async ({ killedAt, healthyAt }) => {
      const found = await sql(goneOn, [killedAt])
      return found.map(({ id, released, next, type }) => {
        const isDeploying = released === null && /^(?:build|deployment)\./.test(String(type))
        const leaseMs = released === null ? (isDeploying ? shortestLeaseMs : 0) : Number(released) - killedAt
        const eventMs = Math.max(0, Number(next) - Math.max(healthyAt, killedAt + leaseMs))
        const given = released === null ? 'kept its owner' : `was given back at ${clock(Number(released))}`
        const went = `it ${given}, next event ${clock(Number(next))}, ${String(type)}`
        const words = `${String(id)}: killed ${clock(killedAt)}, healthy ${clock(healthyAt)}; ${went}`
        return { leaseMs, eventMs, words }
      })
    }),
  )
  const failed = await sql(`select count(*)::int as count from turns where status = 'failed'`)
  const each = rows.flat()
  return {
    healthyP50Ms: orNone(
      restarts.map(({ killedAt, healthyAt }) => healthyAt - killedAt),
      0.5,
    ),
    leaseP99Ms: orNone(
      each.map(({ leaseMs }) => leaseMs),
      0.99,
    ),
    eventP99Ms: orNone(
      each.map(({ eventMs }) => eventMs),
      0.99,
    ),
    slowest: each.toSorted((one, other) => other.eventMs - one.eventMs)[0]?.words ?? 'none',
    samples: each.length,
    failedTurns: Number(failed[0]?.['count']),
  }
}

/** Of each turn that ran at $1: when it was given back after that, if it was, and its next event then; in ms since 1970. */
const goneOn = `
  with running as (
    select id, app from turns where started_at < to_timestamp($1 / 1000.0) and (ended_at is null or ended_at > to_timestamp($1 / 1000.0))
  ), given as (
    select running.id, running.app, min(e.at) as at from running left join events e
    on e.app = running.app and e.at > to_timestamp($1 / 1000.0) and e.type = 'turn.queued' and e.data->'turn'->>'id' = running.id group by 1, 2
  )
  select given.id, extract(epoch from given.at) * 1000 as released, extract(epoch from min(e.at)) * 1000 as next, (array_agg(e.type order by e.seq))[1] as type from given
  join events e on e.app = given.app and e.at > coalesce(given.at, to_timestamp($1 / 1000.0)) group by given.id, given.at`

/** The time of day, of ms since 1970. */
export const clock = (at: number): string => new Date(at).toISOString().slice(11, 23)

const orNone = (ms: readonly number[], share: number): number => (ms.length === 0 ? 0 : Math.round(quantile(ms, share)))
