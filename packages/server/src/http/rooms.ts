import type { Conversation } from '@overskill/protocol'
import type { Contents } from '../apps/contents.ts'
import type { Apps } from '../apps/apps.ts'
import type { Edits } from '../apps/edits.ts'
import type { Packages } from '../apps/packages.ts'
import type { Versions } from '../apps/versions.ts'
import type { Database } from '../database/database.ts'
import type { Deployments } from '../deployments/deployments.ts'
import type { EventLog } from '../events/event-log.ts'
import type { LivePreviews } from '../previews/live-previews.ts'
import type { PreviewReports } from '../previews/preview-reports.ts'
import type { Estimates } from '../spending/estimates.ts'
import type { Spending } from '../spending/spending.ts'
import type { AppBuilder } from '../turns/app-builder.ts'
import type { MessageQueue } from '../turns/message-queue.ts'
import type { TurnModels } from '../turns/turn-models.ts'

/** What the calls of the API are made of. */
export type Rooms = {
  db: Database
  log: EventLog
  contents: Contents
  apps: Apps
  versions: Versions
  edits: Edits
  packages: Packages
  deployments: Deployments
  appBuilder: AppBuilder
  queue: MessageQueue
  models: TurnModels
  spending: Spending
  estimates: Estimates
  reports: PreviewReports
  live: LivePreviews
  conversationOf: (app: string) => Promise<Conversation>
}
