import type { TurnEnd } from '@overskill/agent'
import {
  advance,
  deploymentMoves,
  isFinal,
  type Conversation,
  type Ending,
  must,
  turnMoves,
  type TurnDeployment,
} from '@overskill/protocol'
import { eq } from 'drizzle-orm'
import type { Apps } from '../apps/apps.ts'
import type { Asked } from '../deployments/deployments.ts'
import { readDraft } from '../apps/files.ts'
import type { Versions } from '../apps/versions.ts'
import type { Database } from '../database/database.ts'
import { turns } from '../database/schema.ts'
import { within } from '../within.ts'
import { presentTurn, type TurnRow } from './turn-state.ts'
import { type Fact, LeaseLost, type TurnWriter } from './turn-writer.ts'
import { unlessAborted } from './unless-aborted.ts'
import { readUserMessage } from './user-messages.ts'
import { versionTitle } from './version-title.ts'

export type TurnFinish = {
  db: Database
  apps: Apps
  versions: Versions
  writer: TurnWriter
  /** Asks for a version's deployment to preview; undefined when the app was deleted. */
  deploy: (app: string, version: number, turn: string) => Promise<Asked | undefined>
  cancelDeploy: (deployment: string) => Promise<void>
  /** A person's stop, which also ends the build. */
  stop: AbortSignal
  conversation: (app: string) => Promise<Conversation>
}

/**
 * From the end of the model to the terminal event (L27): version, deployment, end, each step stored before the next, so that
 * whoever takes the turn over goes on where it stood. `end` is absent when a former owner stored it.
 */
export async function finishTurn(turn: TurnRow, end: TurnEnd | undefined, finish: TurnFinish): Promise<void> {
  if (end) await storeEnd(turn, end, finish)
  if (deaths(turn) > mostOwners + 3) {
    turn.error = { code: 'interrupted', message: 'OverSkill could not finish this turn. Its files are kept.' }
    return endTurn(turn, 'failed', { skipped: 'stopped' }, finish)
  }
  if (turn.phase === 'version') await makeVersion(turn, finish)
  const ending = must(turn.ending, 'How the turn ended')
  const deployment =
    turn.version === null ? notDeployed(turn, ending) : await deployed(turn, turn.version, ending, finish)
  const isStopped = 'skipped' in deployment && deployment.skipped === 'stopped'
  await endTurn(turn, isStopped ? 'stopped' : ending, deployment, finish)
}

/** A turn that ends its process each time, or never comes to its end, must not be taken up for ever. */
export const mostOwners = 6

/** How many owners of a turn died over it, this one counted; one that handed it over did not. */
export const deaths = ({ leaseToken, handovers }: TurnRow): number => leaseToken - handovers

async function storeEnd(turn: TurnRow, end: TurnEnd, { writer, conversation }: TurnFinish): Promise<void> {
  turn.ending = end.ending
  turn.error = end.ending === 'failed' ? end.error : null
  turn.phase = 'version'
  const block = end.ending === 'failed' ? await nextBlock(turn, conversation) : 0
  await writer.store(async ({ sql }) => {
    await sql
      .update(turns)
      .set({ phase: turn.phase, ending: turn.ending, error: turn.error, progressAt: new Date() })
      .where(eq(turns.id, turn.id))
    if (end.ending !== 'failed') return []
    const { code, message: text } = end.error
    const notice = { type: 'notice.added' as const, message: turn.reply, block, level: 'error' as const, code, text }
    return [{ ...notice, ...(end.actions.length > 0 && { actions: end.actions }) }]
  })
}

const nextBlock = async (turn: TurnRow, conversation: TurnFinish['conversation']): Promise<number> => {
  const reply = (await conversation(turn.app)).messages.find(({ id }) => id === turn.reply)
  return reply?.role === 'assistant' ? reply.blocks.length : 0
}

async function makeVersion(turn: TurnRow, { db, writer, versions, conversation }: TurnFinish): Promise<void> {
  const { messages } = await conversation(turn.app)
  const reply = messages.find(({ id }) => id === turn.reply)
  const blocks = reply?.role === 'assistant' ? reply.blocks : []
  const said = blocks.findLast((block) => block.type === 'text' && block.text.trim() !== '')
  const { text } = await readUserMessage(db, turn.message)
  const title = versionTitle(said?.type === 'text' ? said.text : undefined, text)
  const ending = must(turn.ending, 'How the turn ended')
  turn.phase = 'deploy'
  const made: Fact = async (write) => {
    const tree = await readDraft(write.sql, turn.app)
    const input = { app: turn.app, tree, title, origin: 'turn' as const, turn: turn.id, ending, message: turn.reply }
    const version = await versions.create(write, input)
    turn.version = version?.number ?? null
    await write.sql.update(turns).set({ phase: turn.phase, version: turn.version }).where(eq(turns.id, turn.id))
    return []
  }
  await writer.store(made, { holdApp: true })
}

const notDeployed = ({ mode }: TurnRow, ending: Ending): TurnDeployment => {
  if (mode !== 'build') return { skipped: mode }
  return { skipped: ending === 'stopped' ? 'stopped' : 'no_changes' }
}

/** How long a turn waits to hear of a deployment that it gave up, in ms: its stop ends within a second (A7), whoever builds. */
const givenUpWaitMs = 300

async function deployed(turn: TurnRow, version: number, ending: Ending, finish: TurnFinish): Promise<TurnDeployment> {
  const asked = await finish.deploy(turn.app, version, turn.id)
  if (!asked || ending === 'stopped') return { skipped: 'stopped' } // what is kept goes to the preview, and nobody waits for that
  const ended = await endOfDeployment(asked, ending, finish)
  if (!ended) return { skipped: 'stopped' }
  const { id, status, error } = ended
  // This process ends, and the deployment is asked for again by the next.
  if (status !== 'live' && !isFinal(deploymentMoves, status)) throw new LeaseLost(turn.id)
  if (status === 'superseded' && finish.stop.aborted) return { skipped: 'stopped' }
  if (status === 'live') return { id, status }
  if (status !== 'failed') return { skipped: 'superseded' }
  await tellFailedBuild(turn, version, error, finish)
  return ending === 'completed' ? { id, status } : { skipped: 'build_failed' }
}

/** How it ended; a stop from now on gives it up. Undefined when nobody told in time what became of that. */
async function endOfDeployment(asked: Asked, ending: Ending, { stop, cancelDeploy }: TurnFinish) {
  if (ending === 'failed' && stop.aborted) return asked.ended // it was stuck: nobody asked for a stop
  const first = await unlessAborted(stop, asked.ended)
  if (first) return first
  await cancelDeploy(asked.deployment.id)
  return within(givenUpWaitMs, asked.ended)
}

async function tellFailedBuild(turn: TurnRow, version: number, error: string | undefined, finish: TurnFinish) {
  const block = await nextBlock(turn, finish.conversation)
  const first = (error?.split('\n')[0] ?? '').replace(/\.$/, '')
  const kept = version > 1 ? ' The preview still shows the last version that builds.' : ''
  const text = `Version ${version} does not build: ${first}.${kept}`
  await finish.writer.store(() => [
    {
      type: 'notice.added',
      message: turn.reply,
      block,
      level: 'error',
      code: 'build_failed',
      text,
      actions: ['restore'],
    },
  ])
}

/** The terminal event: exactly one, the turn's last, and only now that its deployment is known or not waited for. */
async function endTurn(
  turn: TurnRow,
  ending: Ending,
  deployment: TurnDeployment,
  { writer, apps }: TurnFinish,
): Promise<void> {
  const { status } = advance(turnMoves, { status: turn.status }, ending)
  const ended: Fact = async (write) => {
    const set = { status, deployment, error: turn.error, endedAt: new Date(), leaseOwner: null, leaseUntil: null }
    const [row] = await write.sql.update(turns).set(set).where(eq(turns.id, turn.id)).returning()
    await apps.settle(write, turn.app)
    return [{ type: `turn.${ending}`, turn: presentTurn(must(row, `Turn ${turn.id}`)) }]
  }
  await writer.store(ended, { holdApp: true })
}
