import { type AgentNote, type AgentRun, costOf, noUsage, runAgent, type Tool, type TurnEnd } from '@overskill/agent'
import type { AssistantMessage, BuildError, Conversation } from '@overskill/protocol'
import type { Tree } from '@overskill/workspace'
import { eq } from 'drizzle-orm'
import { handDownMs, must, timeLimitMs } from '@overskill/protocol'
import { decodeText } from '@overskill/workspace'
import type { Apps } from '../apps/apps.ts'
import type { Contents } from '../apps/contents.ts'
import { readDraft } from '../apps/files.ts'
import type { Packages } from '../apps/packages.ts'
import type { Versions } from '../apps/versions.ts'
import type { Database } from '../database/database.ts'
import { turns } from '../database/schema.ts'
import type { DeltaBatcher } from '../events/delta-batcher.ts'
import type { EventLog } from '../events/event-log.ts'
import type { PreviewReports } from '../previews/preview-reports.ts'
import type { Spending } from '../spending/spending.ts'
import { faultOfBuild } from './check-work.ts'
import { deaths, finishTurn, mostOwners, type TurnFinish } from './finish-turn.ts'
import { joinUsers, readHistory, readSteps } from './history.ts'
import { readKnownTree } from './known-tree.ts'
import { describeFiles, openedWith, openTurn } from './opening.ts'
import type { StreamRecorder } from './record-streams.ts'
import { type JournalOptions, PgTurnJournal } from './pg-turn-journal.ts'
import { planResume } from './resume-turn.ts'
import type { ToolWork } from './tools/work.ts'
import { throughGate } from './through-gate.ts'
import type { TurnModels } from './turn-models.ts'
import type { TurnRow } from './turn-state.ts'
import { createTurnWriter, LeaseLost, type TurnWriter } from './turn-writer.ts'
import { readUserMessage } from './user-messages.ts'

export type TurnRunnerOptions = {
  db: Database
  log: EventLog
  batcher: DeltaBatcher
  contents: Contents
  apps: Apps
  packages: Packages
  versions: Versions
  starter: Tree
  models: TurnModels
  spending: Spending
  reports: Pick<PreviewReports, 'of'>
  tools: readonly Tool<ToolWork>[]
  system: string
  deploy: TurnFinish['deploy']
  cancelDeploy: TurnFinish['cancelDeploy']
  conversation: (app: string) => Promise<Conversation>
  /** Builds the draft when the model says that it is done; the faults that it finds. */
  check: (tree: Tree, signal: AbortSignal) => Promise<BuildError[] | undefined>
  note: (turn: TurnRow, note: AgentNote) => void
  /** Runs what a turn needs before its first request, in its turn among the others that begin. */
  inTurn: <T>(begin: () => Promise<T>) => Promise<T>
  /** Where models' streams are kept, if they are to be. */
  recorder?: StreamRecorder | undefined
}

/** A turn that this process runs. */
export type RunningTurn = {
  /** A person's stop: model and tools end, what is done is kept, the turn ends as stopped. */
  stop(): void
  /** It makes no progress any more: like a stop, but it ends as failed. */
  giveUp(): void
  /** The process goes: nothing further is stored, the next owner goes on. */
  abandon(): void
  /** Whether its model was asked something that is not in the ledger yet: whoever goes on asks it again, and pays again. */
  isAsking(): boolean
  /** Settles when the turn has ended here. Rejects with `LeaseLost` when it is somebody else's. */
  ended: Promise<void>
}

/** Runs a claimed turn to its end: model and tools, then its version, then its deployment, then the terminal event. */
export function runTurn(turn: TurnRow, options: TurnRunnerOptions): RunningTurn {
  const stop = new AbortController()
  const leaving = new AbortController() // no stop: what a person asked for goes on elsewhere
  let isStuck = false
  let isAsking = false
  const onAsking = (isOpen: boolean): void => void (isAsking = isOpen)
  const signals = { stop: stop.signal, leaving: leaving.signal }
  const writer = createTurnWriter({ app: turn.app, turn: turn.id, token: turn.leaseToken }, options.batcher)
  return {
    stop: () => stop.abort(),
    giveUp() {
      isStuck = true
      stop.abort()
    },
    abandon() {
      writer.abandon()
      leaving.abort()
    },
    isAsking: () => isAsking,
    ended: toTheEnd(turn, options, { writer, ...signals, isStuck: () => isStuck, onAsking }),
  }
}

type Run = Pick<JournalOptions, 'writer' | 'onAsking'> & {
  stop: AbortSignal
  leaving: AbortSignal
  isStuck: () => boolean
}

async function toTheEnd(turn: TurnRow, options: TurnRunnerOptions, run: Run): Promise<void> {
  const { writer, stop, leaving, isStuck } = run
  const either = AbortSignal.any([stop, leaving])
  const end = turn.phase === 'model' ? await runModel(turn, options, run, either) : undefined
  await finishTurn(turn, end && isStuck() ? stuckEnd : end, { ...options, writer, stop })
}

const stuckEnd: TurnEnd = {
  ending: 'failed',
  error: {
    code: 'timeout',
    message: 'Nothing happened for 20 minutes, so this turn was ended. What was done is kept.',
  },
  actions: ['continue'],
}

const poisonEnd: TurnEnd = {
  ending: 'failed',
  error: {
    code: 'interrupted',
    message: `This turn was interrupted ${mostOwners} times, so it is not tried again. What was done is kept.`,
  },
  actions: ['continue'],
}

async function runModel(turn: TurnRow, options: TurnRunnerOptions, run: Run, stop: AbortSignal): Promise<TurnEnd> {
  if (deaths(turn) > mostOwners) return poisonEnd
  const begun = await throughGate(options.inTurn, stop, () => {
    if (run.writer.isAbandoned()) throw new LeaseLost(turn.id) // the process goes; it does not begin what waited
    return beginModel(turn, options, run, stop)
  })
  return 'ending' in begun ? begun : runAgent(begun)
}

/** Everything that a turn needs of the store before its first request; or its end, where it cannot begin. */
async function beginModel(
  turn: TurnRow,
  options: TurnRunnerOptions,
  { writer, onAsking }: Run,
  stop: AbortSignal,
): Promise<AgentRun<ToolWork> | TurnEnd> {
  const { db, models, contents, apps, packages, reports, spending, tools, system, note } = options
  const model = models.open(turn.model, await recordedFetch(turn, options))
  if (!model.ok) {
    const error = { code: 'model_not_found' as const, message: model.failure.detail }
    return { ending: 'failed', error, actions: ['settings', 'retry'] }
  }
  const tree = await readDraft(db, turn.app)
  const opening = await openingOf(turn, options, writer, tree)
  const steps = await readSteps(db, turn.id)
  const shown = await replyOf(turn, options)
  const plan = planResume(steps, shown)
  const effects = new Map(tools.map(({ name, effect }) => [name, effect]))
  const toolMs = new Map(tools.map(({ name, limitMs }) => [name, limitMs]))
  const endsAt = must(turn.deadline, 'The deadline').getTime()
  const journal = new PgTurnJournal({
    ...{ blobs: contents, apps, packages, reports, spending, writer, turn, tree, model: turn.model },
    nextBlock: shown?.blocks.length ?? 0,
    known: plan.known,
    effectOf: (tool) => effects.get(tool) ?? 'transactional',
    deadlineOf: (tool) => callDeadline(toolMs.get(tool) ?? timeLimitMs('tool'), endsAt),
    now: () => performance.now(),
    onAsking,
  })
  await plan.mark(writer, journal)
  if (plan.openStep !== undefined) await countLost(turn, plan.openStep, journal, spending)
  return {
    ...{ model: model.value, tools, system, journal, mode: turn.mode, signal: stop },
    history: joinUsers(plan.historyAfter([...(await readHistory(db, turn.app, turn.position)), ...opening])),
    step: plan.step,
    spent: { usage: turn.usage, cost: turn.cost },
    capReached: (spent) => spending.capReached(turn.model, spent),
    toldFaults: plan.toldFaults,
    compactions: steps.filter(({ history }) => history !== null).length,
    ...(plan.resume && { resume: plan.resume }),
    async check(signal) {
      const errors = await options.check(journal.tree, signal)
      return errors && faultOfBuild(errors)
    },
    workNow: () => describeFiles(journal.tree),
    limits: { turnMs: handDownMs(timeLimitMs('turn'), Date.now(), endsAt) },
    log: (text) => note(turn, text),
  }
}

/** A request that its owner did not see the end of was paid for: the ledger says so, once, without knowing how much. */
async function countLost(turn: TurnRow, step: number, journal: PgTurnJournal, spending: Spending): Promise<void> {
  if (await spending.ofStep(turn.id, step)) return
  const usage = { ...noUsage, incomplete: true }
  await journal.requestEnded(step, { usage, cost: costOf(turn.model, usage, new Date()) })
}

/** Its own limit, or the end of its turn where that comes first: the turn's signal ends its calls. */
function callDeadline(limitMs: number, turnEndsAt: number): string {
  const now = Date.now()
  return new Date(now + handDownMs(limitMs, now, turnEndsAt)).toISOString()
}

async function recordedFetch(turn: TurnRow, { db, recorder }: TurnRunnerOptions): Promise<typeof fetch | undefined> {
  if (!recorder) return undefined
  const { text } = await readUserMessage(db, turn.message)
  return recorder.fetchOf({ id: turn.id, model: turn.model, mode: turn.mode, prompt: text })
}

/** The entries that begin the turn: made once, then kept, so that a resumed turn says the same. */
async function openingOf(turn: TurnRow, options: TurnRunnerOptions, writer: TurnWriter, tree: Tree) {
  if (turn.opening) return turn.opening as ReturnType<typeof openTurn>
  const { db, apps, contents } = options
  const app = await apps.find(turn.app)
  const known = await readKnownTree(turn, options)
  const first = [...tree].filter(([path]) => !known && openedWith.includes(path))
  const opened = await contents.readAll(new Map(first))
  const { text } = await readUserMessage(db, turn.message)
  const opening = openTurn({
    text,
    mode: turn.mode,
    appName: app.ok ? app.value.name : '',
    date: new Date(),
    tree,
    ...(known && { known }),
    files: new Map([...opened].map(([path, content]) => [path, decodeText(content) ?? ''])),
  })
  await writer.store(async ({ sql }) => {
    await sql.update(turns).set({ opening }).where(eq(turns.id, turn.id))
    return []
  })
  return opening
}

async function replyOf(turn: TurnRow, { conversation }: TurnRunnerOptions): Promise<AssistantMessage | undefined> {
  const { messages } = await conversation(turn.app)
  const found = messages.find(({ id }) => id === turn.reply)
  return found?.role === 'assistant' ? found : undefined
}
