import type { DeclaredCall, RawBlock, Spent, ToolResult, TurnJournal } from '@overskill/agent'
import { addCosts, addTokens, must, type NewAppEvent } from '@overskill/protocol'
import { applyStaged, type BlobStore, listChanges, openDraft, type Tree } from '@overskill/workspace'
import { and, eq } from 'drizzle-orm'
import type { Apps } from '../apps/apps.ts'
import type { Packages } from '../apps/packages.ts'
import { commitStaged, createBlobStore, replaceDraft } from '../apps/files.ts'
import { blocks, steps, turns } from '../database/schema.ts'
import type { PreviewReports } from '../previews/preview-reports.ts'
import type { Spending } from '../spending/spending.ts'
import { type CallOwner, endCall, endEvent, placeOf, startCall, storeCall } from './call-rows.ts'
import { createReplyBlocks, type KnownCall, type ReplyBlocks, type ShownCall } from './reply-blocks.ts'
import { settleWork, type StagedWork } from './staged-work.ts'
import { packJson } from './stored-json.ts'
import type { ToolWork } from './tools/work.ts'
import { createTurnPackages } from './turn-packages.ts'
import type { TurnRow } from './turn-state.ts'
import type { Fact, TurnWriter } from './turn-writer.ts'

export type JournalOptions = {
  blobs: BlobStore
  apps: Apps
  reports: Pick<PreviewReports, 'of'>
  packages: Packages
  spending: Pick<Spending, 'record'>
  writer: TurnWriter
  turn: TurnRow
  model: string
  /** The committed draft as the turn finds it. Every later change of it goes through this journal. */
  tree: Tree
  /** Number of the next block of the assistant message. */
  nextBlock: number
  /** Calls of the step that a former process began. */
  known: readonly KnownCall[]
  effectOf: (tool: string) => 'transactional' | 'external'
  /** When a call of this tool that starts now is ended at the latest. */
  deadlineOf: (tool: string) => string
  now: () => number
  /** A request of the model is open, or is over and in the ledger. */
  onAsking: (isOpen: boolean) => void
}

/** The journal of a running turn on Postgres (AD3): what the model is told, what is shown and what lasts are one record. */
export class PgTurnJournal implements TurnJournal<ToolWork> {
  readonly #options: JournalOptions
  readonly #owner: CallOwner
  readonly #message: string
  readonly #blocks: ReplyBlocks
  readonly #packages: ReturnType<typeof createTurnPackages>
  readonly #treeBefore = new Map<number, Tree>() // by step, for a refusal
  #tree: Tree
  #spent: Spent

  constructor(options: JournalOptions) {
    const { turn, effectOf } = options
    this.#options = options
    this.#owner = { turn: turn.id, leaseToken: turn.leaseToken, effectOf }
    this.#message = turn.reply
    this.#blocks = createReplyBlocks(options.nextBlock, options.now, options.known)
    this.#packages = createTurnPackages(options.packages, (event) => this.#show([event]))
    this.#tree = options.tree
    this.#spent = { usage: turn.usage, cost: turn.cost }
  }

  /** The draft with everything that was committed. */
  get tree(): Tree {
    return this.#tree
  }

  async requestReady(step: number, body: unknown): Promise<void> {
    const { turn, model, onAsking } = this.#options
    const isFirst = !this.#treeBefore.has(step)
    this.#treeBefore.set(step, this.#tree)
    const request = packJson(body)
    await this.#options.writer.store(({ sql, sent }) => {
      const target = [steps.turn, steps.step]
      sent(sql.insert(steps).values({ turn: turn.id, step, request }).onConflictDoUpdate({ target, set: { request } }))
      sent(sql.update(turns).set({ steps: step, progressAt: new Date() }).where(eq(turns.id, turn.id)))
      return isFirst ? [{ type: 'step.started', turn: turn.id, step, model }] : []
    })
    onAsking(true)
  }

  blockStarted(
    step: number,
    index: number,
    kind: 'text' | 'thinking' | 'tool',
    call?: { call: string; name: string },
  ): void {
    if (kind === 'tool') {
      const { call: id, name } = must(call, 'The call of a tool block')
      this.#show(this.#blocks.openCall(step, index, id, name, this.#message))
    } else this.#show(this.#blocks.open(step, index, kind, this.#message))
  }

  delta(step: number, index: number, text: string): void {
    const { writer } = this.#options
    const message = this.#message
    const block = this.#blocks.find(step, index)
    const call = this.#blocks.findCall(step, index)
    if (block) {
      const type = block.kind === 'text' ? 'text.delta' : 'thinking.delta'
      writer.delta({ type, message, block: block.block, offset: block.length, text })
      block.length += text.length
    } else if (call) {
      const at = placeOf(message, call)
      writer.delta({ type: 'tool.input', ...at, status: 'pending', inputDelta: text, offset: call.length })
      call.length += text.length
    }
  }

  blockStopped(step: number, index: number, block: RawBlock): Promise<void> {
    const closing = this.#blocks.close(step, index, this.#message)
    return this.#storeBlock(step, index, block, closing)
  }

  callQueued(call: DeclaredCall, input: unknown): Promise<void> {
    const at = this.#shown(call)
    return this.#options.writer.store((write) => {
      write.sent(storeCall(write, this.#owner, call, at.block, 'queued'))
      return [{ type: 'tool.queued', ...placeOf(this.#message, at), status: 'queued', input }]
    })
  }

  callStarted(call: DeclaredCall, input: unknown): Promise<void> {
    const at = this.#shown(call)
    return this.#options.writer.store((write) => {
      write.sent(storeCall(write, this.#owner, call, at.block, 'running'))
      const place = placeOf(this.#message, at)
      return [
        { type: 'tool.queued', ...place, status: 'queued', input },
        { type: 'tool.running', ...place, status: 'running', deadline: this.#options.deadlineOf(call.name) },
      ]
    })
  }

  callRunning(call: DeclaredCall): Promise<void> {
    const at = this.#shown(call)
    return this.#options.writer.store(async (write) => {
      await startCall(write, this.#owner, call)
      const deadline = this.#options.deadlineOf(call.name)
      return [{ type: 'tool.running', ...placeOf(this.#message, at), status: 'running', deadline }]
    })
  }

  async work(): Promise<ToolWork> {
    const { blobs, apps, reports, turn } = this.#options
    const draft = openDraft(this.#tree, blobs)
    const work: StagedWork = {
      draft,
      packages: this.#packages.on(draft),
      async rename(name, description) {
        const slug = await apps.slugFor(turn.app, name)
        if (slug.ok) work.named = { name, description }
        return slug.ok ? { ok: true, value: { name, slug: slug.value } } : slug
      },
      reports: reports.of(turn.app),
      plan() {}, // the page shows it from the call's input: there is no second copy
    }
    return work
  }

  async callFinished(
    call: DeclaredCall,
    given: ToolResult,
    work: StagedWork | undefined,
    ms: number,
  ): Promise<ToolResult> {
    const { writer, apps, turn } = this.#options
    const at = this.#shown(call)
    const { result, staged, changes } = settleWork(given, work, this.#tree)
    this.#tree = applyStaged(this.#tree, staged)
    const named = result.ok ? work?.named : undefined
    const finished: Fact = async (write) => {
      if (staged.length > 0) write.sent(commitStaged(write.sql, turn.app, staged))
      await endCall(write, this.#owner, call, at.block, result)
      if (named) await apps.rename(write, turn.app, named.name, named.description)
      const moved: NewAppEvent[] =
        changes.length === 0 ? [] : [{ type: 'files.changed', changes, origin: { turn: turn.id, call: call.call } }]
      return [...moved, endEvent(placeOf(this.#message, at), result, ms)]
    }
    await writer.store(finished, { holdApp: named !== undefined })
    return result
  }

  blockCut(step: number, index: number, why: keyof typeof cutWords, kept?: RawBlock): Promise<void> {
    const call = this.#blocks.findCall(step, index)
    if (call) {
      const error = { code: 'CUT_OFF', message: cutWords[why] }
      return this.#store([{ type: 'tool.failed', ...placeOf(this.#message, call), status: 'cancelled', error }])
    }
    const closing = this.#blocks.close(step, index, this.#message)
    if (why === 'connection' && this.#blocks.find(step, index))
      closing.push(this.#notice('warning', 'cut_off', cutText))
    return kept ? this.#storeBlock(step, index, kept, closing) : this.#dropBlock(step, index, closing)
  }

  async requestEnded(step: number, spent: Spent): Promise<void> {
    const { turn, model, writer, spending, onAsking } = this.#options
    const { usage, cost } = this.#spent
    const all = { usage: addTokens(usage, spent.usage), cost: addCosts(cost, spent.cost) }
    this.#spent = all
    await writer.store(({ sql, sent }) => {
      sent(spending.record(sql, { app: turn.app, turn: turn.id, step, model }, spent))
      sent(sql.update(turns).set(all).where(eq(turns.id, turn.id)))
      return []
    })
    onAsking(false)
  }

  stepFinished(
    step: number,
    { stop, usage, cost, after, history }: Parameters<TurnJournal<ToolWork>['stepFinished']>[1],
  ): Promise<void> {
    const { turn, model } = this.#options
    const closing = this.#blocks.closeStep(step, this.#message)
    const progress = { steps: step, progressAt: new Date() }
    const ended = { stop, usage, ...(after && { after }), ...(history && { history: [...history] }) }
    const isStep = and(eq(steps.turn, turn.id), eq(steps.step, step))
    return this.#options.writer.store(({ sql, sent }) => {
      sent(sql.update(steps).set(ended).where(isStep))
      sent(sql.update(turns).set(progress).where(eq(turns.id, turn.id)))
      return [...closing, { type: 'step.completed', turn: turn.id, step, model, usage, cost }]
    })
  }

  retrying(attempt: number, of: number, reason: string, retryAtMs: number): Promise<void> {
    const retryAt = new Date(retryAtMs).toISOString()
    return this.#store([{ type: 'turn.retrying', turn: this.#owner.turn, attempt, of, reason, retryAt }])
  }

  notice(...said: Parameters<TurnJournal<ToolWork>['notice']>): Promise<void> {
    return this.#store([this.#notice(...said)])
  }

  rollBack(step: number): Promise<void> {
    const { turn, writer } = this.#options
    const before = must(this.#treeBefore.get(step), `The tree before step ${step}`)
    const after = this.#tree
    this.#tree = before
    return writer.store(async ({ sql }) => {
      const changes = await listChanges(after, before, createBlobStore(sql))
      await sql
        .update(steps)
        .set({ taken: false })
        .where(and(eq(steps.turn, turn.id), eq(steps.step, step)))
      if (changes.length === 0) return []
      await replaceDraft(sql, turn.app, before)
      return [{ type: 'files.changed', changes, origin: { turn: turn.id, call: turn.reply } }]
    })
  }

  #notice(...[level, code, text, actions, fault]: Parameters<TurnJournal<ToolWork>['notice']>): NewAppEvent {
    const place = { message: this.#message, block: this.#blocks.take() }
    const more = { ...(actions && { actions }), ...(fault !== undefined && { fault }) }
    return { type: 'notice.added', ...place, level, code, text, ...more }
  }

  #store(events: readonly NewAppEvent[]): Promise<void> {
    return this.#options.writer.store(() => events)
  }

  /** For what nobody waits for: if it cannot be stored, the next durable fact rejects as well. */
  #show(events: readonly NewAppEvent[]): void {
    this.#store(events).catch(() => undefined)
  }

  #storeBlock(step: number, index: number, block: RawBlock, events: readonly NewAppEvent[]): Promise<void> {
    const row = { turn: this.#owner.turn, step, index, raw: JSON.stringify(block) }
    return this.#options.writer.store(({ sql, sent }) => {
      sent(sql.insert(blocks).values(row))
      return events
    })
  }

  /** The block may have been stored as complete before its whole reply was dropped. */
  #dropBlock(step: number, index: number, events: readonly NewAppEvent[]): Promise<void> {
    const isBlock = and(eq(blocks.turn, this.#owner.turn), eq(blocks.step, step), eq(blocks.index, index))
    return this.#options.writer.store(({ sql, sent }) => {
      sent(sql.delete(blocks).where(isBlock))
      return events
    })
  }

  #shown({ step, index, call, name }: DeclaredCall): ShownCall {
    const found = this.#blocks.findCall(step, index)
    if (found?.call === call) return found
    // Its block stopped before anything of it was shown.
    this.#show(this.#blocks.openCall(step, index, call, name, this.#message))
    return must(this.#blocks.findCall(step, index), `Call ${call}`)
  }
}

const cutText = 'The connection to the model was cut here. The part above is incomplete; the request was sent again.'

const cutWords = {
  connection: 'The connection to the model was cut before this call was complete. Nothing was changed.',
  stopped: 'Stopped before this call was complete. Nothing was changed.',
  output_limit: 'The model reached its output limit before this call was complete. Nothing was changed.',
}
