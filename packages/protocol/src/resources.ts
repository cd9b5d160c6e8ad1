import { z } from 'zod'
import { AppId, Id } from './ids.ts'
import { AppStatus, DeploymentStatus, TurnStatus } from './states.ts'
import { Cost, Usage } from './usage.ts'

/** The things HTTP answers with and events carry whole (API.md "HTTP"). Times are ISO 8601 UTC. */

export const Time = z.iso.datetime()

export const Environment = z.enum(['preview', 'production'])
export type Environment = z.infer<typeof Environment>

export const Mode = z.enum(['build', 'plan', 'chat'])
export type Mode = z.infer<typeof Mode>

export const App = z.object({
  id: AppId,
  name: z.string(),
  slug: z.string(),
  description: z.string(),
  status: AppStatus,
  previewUrl: z.url(),
  liveUrl: z.url(),
  productionUrl: z.url().optional(), // there only while something is published
  version: z.int().positive().optional(), // the newest
  model: z.string(), // provider/model
  createdAt: Time,
  updatedAt: Time,
})
export type App = z.infer<typeof App>

/** Codes of a turn that failed: what the screen offers next is read off them. */
export const TurnErrorCode = z.enum([
  'model_unreachable',
  'model_key_rejected',
  'model_not_found',
  'model_billing',
  'model_busy',
  'model_refused',
  'model_protocol',
  'model_too_long',
  'interrupted',
  'limit_reached',
  'loop',
  'output_limit',
  'timeout',
  'internal',
])
export type TurnErrorCode = z.infer<typeof TurnErrorCode>

export const TurnError = z.object({ code: TurnErrorCode, message: z.string(), detail: z.string().optional() })
export type TurnError = z.infer<typeof TurnError>

/** Whether a turn's result is on line. Never absent once the turn has ended. */
export const TurnDeployment = z.union([
  z.object({ id: Id, status: z.enum(['live', 'failed']) }),
  z.object({ skipped: z.enum(['no_changes', 'chat', 'plan', 'stopped', 'build_failed', 'superseded']) }),
])
export type TurnDeployment = z.infer<typeof TurnDeployment>

export const Turn = z.object({
  id: Id,
  message: Id,
  status: TurnStatus,
  mode: Mode,
  model: z.string(),
  steps: z.int(), // model requests so far
  usage: Usage,
  cost: Cost,
  version: z.int().optional(),
  deployment: TurnDeployment.optional(),
  error: TurnError.optional(),
  deadline: Time.optional(), // when the turn is ended at the latest; there while it runs
})
export type Turn = z.infer<typeof Turn>

export const Ending = z.enum(['completed', 'failed', 'stopped'])
export type Ending = z.infer<typeof Ending>

/** A version: an immutable tree. `added`/`removed` are lines against the one before. */
export const Version = z.object({
  number: z.int().positive(),
  title: z.string(), // "Added due dates"
  origin: z.enum(['turn', 'edit', 'restore', 'import']),
  turn: Id.optional(),
  restoredFrom: z.int().optional(),
  ending: Ending,
  files: z.int(),
  changed: z.int(), // files that differ from the version before
  added: z.int(),
  removed: z.int(),
  build: z.enum(['unknown', 'ok', 'failed']),
  createdAt: Time,
})
export type Version = z.infer<typeof Version>

export const DeploymentStage = z.object({
  name: z.enum(['wait', 'build', 'upload', 'switch']),
  ms: z.number(),
})

export const Deployment = z.object({
  id: Id,
  environment: Environment,
  version: z.int(),
  artifact: z.string().optional(), // content hash; there once it is built
  bytes: z.int().optional(), // what the artifact weighs, uncompressed
  url: z.url(),
  status: DeploymentStatus,
  stages: z.array(DeploymentStage),
  error: z.string().optional(),
  createdAt: Time,
})
export type Deployment = z.infer<typeof Deployment>

/** A file of a tree; the content travels apart, as raw bytes. */
export const FileEntry = z.object({ path: z.string(), hash: z.string(), bytes: z.int() })
export type FileEntry = z.infer<typeof FileEntry>

export const BuildError = z.object({
  file: z.string().optional(),
  line: z.int().optional(),
  column: z.int().optional(),
  message: z.string(),
  frame: z.string().optional(),
  missing: z.string().optional(), // the package that is imported and not installed: adding it mends this
})
export type BuildError = z.infer<typeof BuildError>

export const FileChange = z.object({
  path: z.string(),
  action: z.enum(['created', 'changed', 'deleted', 'renamed']),
  from: z.string().optional(),
  hash: z.string().optional(),
  added: z.int(),
  removed: z.int(),
})
export type FileChange = z.infer<typeof FileChange>

export const ChangeOrigin = z.union([
  z.object({ turn: Id, call: Id }),
  z.object({ person: z.string() }),
  z.object({ restore: z.int() }),
  z.object({ import: z.literal(true) }),
])
export type ChangeOrigin = z.infer<typeof ChangeOrigin>

export const Prices = z.object({ input: z.number(), output: z.number(), cacheRead: z.number(), cacheWrite: z.number() })

/** A model one may choose; prices in US dollars per million tokens. */
export const ModelInfo = z.object({
  id: z.string(),
  name: z.string(),
  context: z.int(),
  prices: Prices.optional(),
  available: z.boolean(),
  reason: z.string().optional(),
})
export type ModelInfo = z.infer<typeof ModelInfo>

/** One thing that a test of a connection tried. `detail` says what was found and, where it failed, what to do. */
export const ConnectionStep = z.object({
  name: z.enum(['address', 'key', 'model', 'tool']),
  ok: z.boolean(),
  detail: z.string(),
  ms: z.number(),
})
export type ConnectionStep = z.infer<typeof ConnectionStep>

/** A step that failed is the last; those after it were not tried. */
export const ConnectionTest = z.object({ ok: z.boolean(), steps: z.array(ConnectionStep) })
export type ConnectionTest = z.infer<typeof ConnectionTest>

export const Check = z.object({
  status: z.enum(['ok', 'degraded', 'down']),
  detail: z.string().optional(),
  ms: z.number().optional(),
})
export type Check = z.infer<typeof Check>

export const Health = z.object({
  status: z.enum(['ok', 'degraded']),
  version: z.string(),
  checks: z.object({ database: Check, edge: Check, builder: Check, dispatch: Check, model: Check }),
})
export type Health = z.infer<typeof Health>

export const FileDiff = z.object({
  path: z.string(),
  action: z.enum(['created', 'changed', 'deleted']),
  added: z.int(),
  removed: z.int(),
  binary: z.boolean(),
  patch: z.string(), // unified, without a header; empty when binary
})
export type FileDiff = z.infer<typeof FileDiff>

/**
 * How an app's live page is. `ready`: it shows the newest files. `broken`: the newest files do not compile, the last working
 * page stays, and `errors` say why.
 */
export const LiveState = z.object({ status: z.enum(['ready', 'broken']), errors: z.array(BuildError) })
export type LiveState = z.infer<typeof LiveState>

/** Packages on their way into an app, as far as it is known. `bytes` and `packages` count what was fetched, not what was there. */
export const InstallProgress = z.object({
  phase: z.enum(['resolving', 'fetching', 'linking', 'bundling']),
  packages: z.int(),
  bytes: z.int(),
})
export type InstallProgress = z.infer<typeof InstallProgress>
