import type { FastBuildService } from '@overskill/builder'
import type { EdgePreviewService } from '@overskill/edge'
import type { Check, Health } from '@overskill/protocol'
import { sql } from 'drizzle-orm'
import type { Database } from '../database/database.ts'
import { unservedWords } from '../dispatch/check-queues.ts'
import type { Dispatcher } from '../dispatch/dispatcher.ts'
import type { TurnModels } from '../turns/turn-models.ts'

export type HealthOptions = {
  db: Database
  builder: FastBuildService
  edge: Pick<EdgePreviewService, 'check'>
  models: TurnModels
  dispatcher: Pick<Dispatcher, 'check' | 'unserved'>
  version: string
}

/** Longest that one check may take, in ms; then the part counts as down. */
const limitMs = 4_000

/** Asks every part how it is. `ready` is false when the product cannot work: database, edge or builder down. */
export function createHealth({
  db,
  builder,
  edge,
  models,
  dispatcher,
  version,
}: HealthOptions): () => Promise<Health & { ready: boolean }> {
  const database = async (): Promise<Check> => {
    await db.execute(sql`select 1`)
    return { status: 'ok' }
  }
  return async () => {
    const [databaseNow, edgeNow, builderNow, dispatch, model] = await Promise.all([
      timed(database),
      timed(() => edge.check()),
      timed(() => builder.check()),
      timed(() => checkDispatch(dispatcher)),
      timed(() => models.check()),
    ])
    const checks = { database: databaseNow, edge: edgeNow, builder: builderNow, dispatch, model }
    const ready = [checks.database, checks.edge, checks.builder].every(({ status }) => status !== 'down')
    const isGood = Object.values(checks).every(({ status }) => status === 'ok')
    return { status: isGood ? 'ok' : 'degraded', version, checks, ready }
  }
}

/** Wake-ups that travel to nobody are no use (L13). */
async function checkDispatch(dispatcher: HealthOptions['dispatcher']): Promise<Check> {
  const check = dispatcher.check()
  if (check.status !== 'ok') return check
  const [lonely] = await dispatcher.unserved()
  return lonely === undefined ? check : { status: 'degraded', detail: unservedWords(lonely) }
}

async function timed(check: () => Promise<Check>): Promise<Check> {
  const started = performance.now()
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<Check>((resolve) => {
    timer = setTimeout(() => resolve({ status: 'down', detail: `No answer within ${limitMs / 1000} s.` }), limitMs)
  })
  try {
    const found = await Promise.race([check(), late])
    return { ...found, ms: Math.round(performance.now() - started) }
  } catch {
    return { status: 'down', detail: 'It cannot be reached; the log says why.' }
  } finally {
    clearTimeout(timer)
  }
}
