import { z } from 'zod'
import { Conversation, Message, Notice, ToolError } from './conversation.ts'
import { Id } from './ids.ts'
import {
  App,
  BuildError,
  ChangeOrigin,
  Deployment,
  FileChange,
  InstallProgress,
  LiveState,
  Time,
  Turn,
  Version,
} from './resources.ts'
import { ToolCallStatus } from './states.ts'
import { Cost, Usage } from './usage.ts'

/**
 * What the server tells a browser about one app (API.md "Events"). The wire, the log and the screen all use this.
 * `seq` is per app, from 1, without gaps; `at` is when it was appended and orders nothing.
 */
const numbered = { seq: z.int().positive(), at: Time }

const turnEvent = <T extends string>(type: T) => z.object({ type: z.literal(type), ...numbered, turn: Turn })
const deploymentEvent = <T extends string>(type: T) =>
  z.object({ type: z.literal(type), ...numbered, deployment: Deployment })

/** Where a part of a message stands: `block` is its index in the message, from 0. */
const placed = { message: Id, block: z.int().min(0) }

/** A piece of growing text. `offset` counts UTF-16 units, so that a repeat changes nothing. */
const piece = { ...placed, offset: z.int().min(0), text: z.string() }

const toolEvent = <T extends string>(type: T) =>
  z.object({
    type: z.literal(type),
    ...numbered,
    ...placed,
    call: Id,
    name: z.string(),
    status: ToolCallStatus,
    input: z.unknown().optional(),
    inputDelta: z.string().optional(), // raw JSON text
    offset: z.int().optional(),
    result: z.string().optional(),
    error: ToolError.optional(),
    ms: z.number().optional(),
    added: z.int().optional(),
    removed: z.int().optional(),
    deadline: Time.optional(), // with `tool.running`: when the call is ended at the latest
  })

const build = {
  build: Id,
  version: z.int(),
  deadline: Time.optional(), // with `build.started`: when it is ended at the latest
  ms: z.number().optional(),
  errors: z.array(BuildError).optional(),
}

export const PreviewProblem = z.object({
  kind: z.enum(['console', 'uncaught', 'request', 'blank']),
  message: z.string(),
  file: z.string().optional(),
  line: z.int().optional(),
})

export const AppEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('message.created'), ...numbered, message: Message }),
  z.object({ type: z.literal('message.updated'), ...numbered, message: Message }),
  z.object({ type: z.literal('message.removed'), ...numbered, message: Id }),
  turnEvent('turn.queued'),
  turnEvent('turn.started'),
  turnEvent('turn.completed'),
  turnEvent('turn.failed'),
  turnEvent('turn.stopped'),
  z.object({
    type: z.literal('turn.retrying'),
    ...numbered,
    turn: Id,
    attempt: z.int(),
    of: z.int(),
    reason: z.string(),
    retryAt: Time,
  }),
  z.object({ type: z.literal('step.started'), ...numbered, turn: Id, step: z.int(), model: z.string() }),
  z.object({
    type: z.literal('step.completed'),
    ...numbered,
    turn: Id,
    step: z.int(),
    model: z.string(),
    usage: Usage.optional(),
    cost: Cost.optional(),
  }),
  z.object({ type: z.literal('block.started'), ...numbered, ...placed, kind: z.enum(['text', 'thinking', 'tools']) }),
  z.object({
    type: z.literal('block.completed'),
    ...numbered,
    ...placed,
    kind: z.enum(['text', 'thinking', 'tools']),
    ms: z.number().optional(),
  }),
  z.object({ type: z.literal('text.delta'), ...numbered, ...piece }),
  z.object({ type: z.literal('thinking.delta'), ...numbered, ...piece }),
  toolEvent('tool.pending'),
  toolEvent('tool.input'),
  toolEvent('tool.queued'),
  toolEvent('tool.running'),
  toolEvent('tool.completed'),
  toolEvent('tool.failed'),
  z.object({ type: z.literal('notice.added'), ...numbered, ...placed, ...Notice.shape }),
  z.object({ type: z.literal('files.changed'), ...numbered, changes: z.array(FileChange), origin: ChangeOrigin }),
  z.object({ type: z.literal('version.created'), ...numbered, version: Version, message: Id.optional() }),
  z.object({ type: z.literal('build.started'), ...numbered, ...build }),
  z.object({ type: z.literal('build.completed'), ...numbered, ...build }),
  z.object({ type: z.literal('build.failed'), ...numbered, ...build }),
  deploymentEvent('deployment.started'),
  deploymentEvent('deployment.stage'),
  deploymentEvent('deployment.completed'),
  deploymentEvent('deployment.failed'),
  z.object({ type: z.literal('preview.ready'), ...numbered, url: z.url(), version: z.int().optional() }),
  z.object({
    type: z.literal('preview.error'),
    ...numbered,
    url: z.url(),
    version: z.int().optional(),
    error: PreviewProblem,
  }),
  z.object({ type: z.literal('preview.live'), ...numbered, live: LiveState }),
  z.object({
    type: z.literal('packages.progress'),
    ...numbered,
    names: z.array(z.string()),
    progress: InstallProgress,
  }),
  z.object({
    type: z.literal('packages.ended'),
    ...numbered,
    names: z.array(z.string()),
    problem: z.string().optional(),
  }),
  z.object({ type: z.literal('app.updated'), ...numbered, app: App }),
])
export type AppEvent = z.infer<typeof AppEvent>
export type AppEventType = AppEvent['type']

type WithoutNumber<E> = E extends AppEvent ? Omit<E, 'seq' | 'at'> : never

/** An event that has not been given its place in the log yet. */
export type NewAppEvent = WithoutNumber<AppEvent>

/** Everything a page needs to begin: the first thing on a stream that does not resume. */
export const Snapshot = z.object({
  seq: z.int().min(0),
  app: App,
  conversation: Conversation,
  deployments: z.array(Deployment),
  /** There while the live page is open. */
  live: LiveState.optional(),
})
export type Snapshot = z.infer<typeof Snapshot>

/** Who is looking; not stored, without a number. */
export const Presence = z.object({ people: z.array(z.object({ id: z.string(), name: z.string(), tab: z.string() })) })
