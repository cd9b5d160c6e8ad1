import { oc } from '@orpc/contract'
import { z } from 'zod'
import { Conversation, UserMessage } from './conversation.ts'
import { AppId, Id } from './ids.ts'
import { PostReports, PreviewReport } from './preview-report.ts'
import {
  CreateApp,
  Deploy,
  PatchApp,
  PatchMessage,
  PostFiles,
  PostMessage,
  PostPackages,
  PutLimits,
  PutQueue,
  TestModel,
  limits,
} from './requests.ts'
import { App, ConnectionTest, Deployment, FileDiff, FileEntry, Mode, ModelInfo, Turn, Version } from './resources.ts'
import { AppUsage, Limits, Month, MonthUsage, SentRequest, TurnEstimate, TurnUsage, UsageSum } from './usage.ts'

/**
 * The JSON calls of API.md "HTTP", below `/api`. Path parameters and body (or query, for GET) arrive as one object.
 * Streams and raw bytes (events, file contents, export.zip, health) are plain routes of the server.
 */

const items = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item), next: z.string().optional() })
const page = { cursor: z.string().max(100).optional(), limit: z.coerce.number().int().min(1).max(200).optional() }
const inApp = { app: AppId }
const number = z.coerce.number().int().positive().max(limits.number)

export const contract = {
  models: {
    list: oc.route({ method: 'GET', path: '/models' }).output(items(ModelInfo)),
    test: oc.route({ method: 'POST', path: '/models/test' }).input(TestModel).output(ConnectionTest),
  },
  apps: {
    create: oc
      .route({ method: 'POST', path: '/apps', successStatus: 201 })
      .input(CreateApp)
      .output(z.object({ app: App, turn: Turn.optional() })),
    list: oc.route({ method: 'GET', path: '/apps' }).input(z.strictObject(page)).output(items(App)),
    get: oc
      .route({ method: 'GET', path: '/apps/{app}' })
      .input(z.strictObject(inApp))
      .output(z.object({ app: App })),
    patch: oc
      .route({ method: 'PATCH', path: '/apps/{app}' })
      .input(PatchApp.extend(inApp))
      .output(z.object({ app: App })),
    remove: oc
      .route({ method: 'DELETE', path: '/apps/{app}' })
      .input(z.strictObject(inApp))
      .output(z.object({ app: App })),
    undelete: oc
      .route({ method: 'POST', path: '/apps/{app}/undelete' })
      .input(z.strictObject(inApp))
      .output(z.object({ app: App })),
  },
  messages: {
    post: oc
      .route({ method: 'POST', path: '/apps/{app}/messages', successStatus: 202 })
      .input(PostMessage.extend(inApp))
      .output(z.object({ message: UserMessage, turn: Turn })),
    patch: oc
      .route({ method: 'PATCH', path: '/apps/{app}/messages/{message}' })
      .input(PatchMessage.extend({ ...inApp, message: Id }))
      .output(z.object({ message: UserMessage })),
    remove: oc
      .route({ method: 'DELETE', path: '/apps/{app}/messages/{message}' })
      .input(z.strictObject({ ...inApp, message: Id }))
      .output(z.object({ message: UserMessage })),
    now: oc
      .route({ method: 'POST', path: '/apps/{app}/messages/{message}/now', successStatus: 202 })
      .input(z.strictObject({ ...inApp, message: Id }))
      .output(z.object({ message: UserMessage, turn: Turn })),
    order: oc
      .route({ method: 'PUT', path: '/apps/{app}/queue' })
      .input(PutQueue.extend(inApp))
      .output(z.object({ items: z.array(UserMessage), seq: z.int().nonnegative() })), // `seq` of the last event that tells it
    conversation: oc
      .route({ method: 'GET', path: '/apps/{app}/conversation' })
      .input(z.strictObject(inApp))
      .output(Conversation),
  },
  turns: {
    get: oc
      .route({ method: 'GET', path: '/apps/{app}/turns/{turn}' })
      .input(z.strictObject({ ...inApp, turn: Id }))
      .output(z.object({ turn: Turn })),
    stop: oc
      .route({ method: 'POST', path: '/apps/{app}/turns/{turn}/stop', successStatus: 202 })
      .input(z.strictObject({ ...inApp, turn: Id }))
      .output(z.object({ turn: Turn })),
    request: oc
      .route({ method: 'GET', path: '/apps/{app}/turns/{turn}/requests/{step}' })
      .input(z.strictObject({ ...inApp, turn: Id, step: number }))
      .output(SentRequest),
  },
  usage: {
    ofApp: oc
      .route({ method: 'GET', path: '/apps/{app}/usage' })
      .input(z.strictObject({ ...inApp, ...page }))
      .output(items(TurnUsage).extend({ total: UsageSum, months: z.array(MonthUsage) })), // turns and months: newest first
    estimate: oc
      .route({ method: 'GET', path: '/apps/{app}/estimate' })
      .input(z.strictObject({ ...inApp, mode: Mode.optional() }))
      .output(z.object({ estimate: TurnEstimate })), // of the next turn
    ofMonth: oc
      .route({ method: 'GET', path: '/usage' })
      .output(z.object({ month: Month, total: UsageSum, apps: z.array(AppUsage), limits: Limits })), // dearest first
  },
  limits: {
    get: oc.route({ method: 'GET', path: '/limits' }).output(z.object({ limits: Limits })),
    put: oc
      .route({ method: 'PUT', path: '/limits' })
      .input(PutLimits)
      .output(z.object({ limits: Limits })),
  },
  files: {
    list: oc
      .route({ method: 'GET', path: '/apps/{app}/files' })
      .input(z.strictObject({ ...inApp, version: number.optional() }))
      .output(items(FileEntry)),
    edit: oc
      .route({ method: 'POST', path: '/apps/{app}/files' })
      .input(PostFiles.extend(inApp))
      .output(z.object({ version: Version })),
  },
  packages: {
    change: oc
      .route({ method: 'POST', path: '/apps/{app}/packages', successStatus: 201 })
      .input(PostPackages.extend(inApp))
      .output(z.object({ version: Version })),
  },
  previews: {
    report: oc
      .route({ method: 'POST', path: '/apps/{app}/preview-reports' })
      .input(PostReports.extend(inApp))
      .output(items(PreviewReport)), // the same, their places mapped to the app's files
  },
  versions: {
    list: oc
      .route({ method: 'GET', path: '/apps/{app}/versions' })
      .input(z.strictObject({ ...inApp, ...page }))
      .output(items(Version)),
    get: oc
      .route({ method: 'GET', path: '/apps/{app}/versions/{version}' })
      .input(z.strictObject({ ...inApp, version: number }))
      .output(z.object({ version: Version })),
    diff: oc
      .route({ method: 'GET', path: '/apps/{app}/versions/{version}/diff' })
      .input(
        z.strictObject({
          ...inApp,
          version: number,
          against: z.coerce.number().int().min(0).max(limits.number).optional(),
        }),
      )
      .output(items(FileDiff)),
    restore: oc
      .route({ method: 'POST', path: '/apps/{app}/versions/{version}/restore', successStatus: 201 })
      .input(z.strictObject({ ...inApp, version: number }))
      .output(z.object({ version: Version })),
  },
  deployments: {
    deploy: oc
      .route({ method: 'POST', path: '/apps/{app}/deploy', successStatus: 202 })
      .input(Deploy.extend(inApp))
      .output(z.object({ deployment: Deployment })),
    list: oc
      .route({ method: 'GET', path: '/apps/{app}/deployments' })
      .input(z.strictObject({ ...inApp, ...page }))
      .output(items(Deployment)),
    rollback: oc
      .route({ method: 'POST', path: '/apps/{app}/deployments/{deployment}/rollback', successStatus: 202 })
      .input(z.strictObject({ ...inApp, deployment: Id }))
      .output(z.object({ deployment: Deployment })),
    unpublish: oc
      .route({ method: 'DELETE', path: '/apps/{app}/production' })
      .input(z.strictObject(inApp))
      .output(z.object({ app: App })),
  },
}
