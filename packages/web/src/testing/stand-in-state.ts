import type {
  App,
  AppUsage,
  AppEvent,
  ConnectionTest,
  FileDiff,
  Limits,
  ModelInfo,
  NewAppEvent,
  SentRequest,
  Snapshot,
  TurnEstimate,
  UsageSum,
  Version,
} from '@overskill/protocol'

/** What the stand-in knows, and what a test may change in it. */

export type StandInApp = {
  snapshot: Snapshot
  log: AppEvent[]
  files: Map<string, string>
  versions: Version[]
  diffs: Map<number, FileDiff[]>
  deleted: boolean
}

export type Received = { method: string; path: string; headers: Headers; body: unknown }

/** What a request is answered with instead, when a test wants a failure. */
export type Refusal = { status: number; code: string; detail: string; errors?: { path: string; message: string }[] }

export type StandIn = {
  fetch(request: Request): Promise<Response>
  addApp(fields?: Partial<App>): StandInApp
  /** Appends an event to an app's log and sends it to every page that watches. */
  emit(app: string, event: NewAppEvent): void
  app(id: string): StandInApp
  models: ModelInfo[]
  /** What the month's usage is answered with; its limits change by PUT. */
  usage: { month: string; total: UsageSum; apps: AppUsage[]; limits: Limits }
  /** What the next turn of every app is reckoned to cost; its model is the app's. */
  estimate: Omit<TurnEstimate, 'model'>
  modelCheck: { status: 'ok' | 'degraded' | 'down'; detail?: string; ms?: number }
  /** What a test of a connection finds; a promise holds it back. */
  connection: ConnectionTest | Promise<ConnectionTest>
  /** What each step is answered with when one asks what was sent. */
  sent: Map<number, SentRequest>
  received: Received[]
  /** Answers requests of this method and path ending with a refusal until it is deleted. Key: `POST /messages`. */
  refusals: Map<string, Refusal>
  /** Keeps what is emitted from the pages that watch, until what it returns is called. */
  holdEvents(): () => void
  /** Ends every open stream; with `stay`, refuses new ones until it is set to false. */
  cutStreams(stay?: boolean): void
  away: boolean
  /** What the live hosts of all apps answer with. */
  liveStatus: number
  streams(): number
}

export type Live = { send: (text: string) => void; end: () => void }
