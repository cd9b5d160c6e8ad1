import { deploymentMoves, isFinal, must } from '@overskill/protocol'
import { and, asc, eq, inArray, isNull, lt, or, type SQL, sql as raw } from 'drizzle-orm'
import { lockApp } from '../apps/lock-app.ts'
import type { Database } from '../database/database.ts'
import { deployments } from '../database/schema.ts'
import { leaseEnd } from '../dispatch/lease-terms.ts'
import type { EventLog, Write } from '../events/event-log.ts'
import { isShown, moveIn, startStages } from './moves.ts'
import type { DeploymentRow } from './present.ts'

/** One pipeline: what an app shows at one of its addresses. */
export type Lane = Pick<DeploymentRow, 'app' | 'environment'>

/** Who builds which deployment. Whoever dies is taken over when its lease is over; no state goes back, and none is left. */
export type DeploymentLeases = {
  /**
   * What a lane is to show next becomes ours: the newest that waits, or what a dead owner left under way (`all`: what anybody
   * else left). Older ones that wait, and those that were given up, are superseded. Undefined: nothing waits, or somebody is
   * at it.
   */
  claimNext(lane: Lane, all?: boolean): Promise<DeploymentRow | undefined>
  /** Somebody gave it up: what nobody works at is superseded at once, the owner of the rest is to hear of it. */
  giveUp(row: DeploymentRow): Promise<void>
  /** Lengthens ours. Returns those that somebody gave up, and those that are no longer ours. */
  renew(running: readonly string[]): Promise<string[]>
  /** Gives back what was not finished here: the next owner need not wait. */
  release(running: readonly DeploymentRow[]): Promise<void>
  /** Lanes in which something waits or has lost its owner; with `all`, also what others have under way. */
  waiting(all: boolean): Promise<Lane[]>
}

const underWay = ['building', 'uploading'] as const
const open = ['queued', ...underWay] as const

export function createDeploymentLeases(options: { db: Database; log: EventLog; owner: string }): DeploymentLeases {
  const { db, log, owner } = options
  const isLost = lostTo(owner)

  return {
    claimNext: (lane, all = false) =>
      log.write(async (write) => {
        await lockApp(write, lane.app, true)
        const next = await choose(write, lane, isLost(all))
        if (!next) return undefined
        const owned = await own(write, next, owner)
        if (owned.status !== 'queued') return owned
        return moveIn(write, owned, 'building', { stages: startStages(owned).end('wait') }, 'stage')
      }),

    giveUp: ({ id, app }) =>
      log.write(async (write) => {
        await lockApp(write, app, true)
        const isThis = and(eq(deployments.id, id), inArray(deployments.status, [...open]))
        const [row] = await write.sql.update(deployments).set({ stopAsked: true }).where(isThis).returning()
        if (row && !(await isShown(write, row)) && (await isFree(write, row, isLost(false))))
          await moveIn(write, row, 'superseded', {}, 'stage')
      }),

    async renew(running) {
      if (running.length === 0) return []
      const isOurs = and(inArray(deployments.id, [...running]), eq(deployments.leaseOwner, owner))
      const ours = db.select({ id: deployments.id }).from(deployments).where(isOurs).orderBy(asc(deployments.id))
      const rows = await db.express // a lease must not run out behind whatever fills the pool
        .update(deployments)
        .set({ leaseUntil: leaseEnd() })
        .where(inArray(deployments.id, ours.for('no key update')))
        .returning({ id: deployments.id, stopAsked: deployments.stopAsked })
      return running.filter((id) => rows.find((row) => row.id === id)?.stopAsked !== false)
    },

    async release(running) {
      for (const { id, leaseToken } of running) {
        const isHeld = and(eq(deployments.id, id), eq(deployments.leaseToken, leaseToken))
        await db.update(deployments).set({ leaseOwner: null, leaseUntil: null }).where(isHeld)
      }
    },

    waiting: (all) =>
      db
        .selectDistinct({ app: deployments.app, environment: deployments.environment })
        .from(deployments)
        .where(or(eq(deployments.status, 'queued'), isLost(all))),
  }
}

/** What is under way and has lost its owner: its lease is over, or (`all`) it is anybody's but ours. */
const lostTo = (owner: string) => (all: boolean) =>
  and(
    inArray(deployments.status, [...underWay]),
    all
      ? raw`${deployments.leaseOwner} is distinct from ${owner}`
      : or(isNull(deployments.leaseUntil), lt(deployments.leaseUntil, raw`now()`)),
  )

async function own({ sql }: Write, row: DeploymentRow, owner: string): Promise<DeploymentRow> {
  const [owned] = await sql
    .update(deployments)
    .set({ leaseOwner: owner, leaseToken: row.leaseToken + 1, leaseUntil: leaseEnd() })
    .where(eq(deployments.id, row.id))
    .returning()
  return must(owned, `Deployment ${row.id}`)
}

/** Whether nobody works at it. */
async function isFree({ sql }: Write, { id, status }: DeploymentRow, isLost: SQL | undefined): Promise<boolean> {
  if (status === 'queued') return true
  return (
    (
      await sql
        .select()
        .from(deployments)
        .where(and(eq(deployments.id, id), isLost))
    ).length > 0
  )
}

/** What somebody works at is left to him; what he left counts as what waits does. */
async function choose(write: Write, lane: Lane, isLost: SQL | undefined): Promise<DeploymentRow | undefined> {
  const isHere = and(eq(deployments.app, lane.app), eq(deployments.environment, lane.environment))
  const rows = await write.sql.query.deployments.findMany({
    where: and(isHere, inArray(deployments.status, [...open])),
    orderBy: asc(deployments.fence),
  })
  if (rows.length === 0) return undefined
  for (const row of rows) if (!(await isFree(write, row, isLost))) return undefined
  for (const row of rows) if (await isShown(write, row)) return row // its owner died between the switch and its record
  const newest = rows.findLast(({ stopAsked }) => !stopAsked)
  for (const row of rows) if (row !== newest) await moveIn(write, row, 'superseded', {}, 'stage')
  return newest
}

/** Whether nothing will happen to a deployment any more but that a newer one takes its place. */
export const hasEnded = ({ status }: Pick<DeploymentRow, 'status'>): boolean =>
  status === 'live' || isFinal(deploymentMoves, status)
