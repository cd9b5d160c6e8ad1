import { runningTurn } from '../conversation/exchanges.ts'
import type { AppState } from '../editor/app-state.ts'
import { previewStateOf } from './preview-state.ts'

/** Which of the app's addresses the frame shows (API.md "Three hosts of an app"). */
export type Host = 'live' | 'preview'

/** What the studio's page itself knows of the frame in view. */
export type Heard = {
  /** What is in view; `deployment`: of the preview address, which one. */
  shows: { host: Host; deployment?: string | undefined } | undefined
  /** A person has typed or changed something there that would be lost with the page. */
  touched: boolean
  /** How often files had changed (`AppState.changes`) when the live page last could not be opened. */
  lostAt: number | undefined
}

export type Choice = {
  /** Undefined: there is nothing to show yet. */
  host: Host | undefined
  /** What would take the place of the page in view, were there not something typed in that: the page stays. */
  waiting: { host: 'live' } | { host: 'preview'; version: number } | undefined
}

type ReadState = Pick<AppState, 'snapshot' | 'buildErrors' | 'changes' | 'writing' | 'edit'>

/** Whether files are being changed: by a turn that may, or by a person whose change is not deployed yet. */
export function isUnderWay({ snapshot, edit }: Pick<AppState, 'snapshot' | 'edit'>): boolean {
  return runningTurn(snapshot.conversation.turns)?.mode === 'build' || edit !== undefined
}

/**
 * What the frame is to show: the live page while files are being changed, else what is deployed. A page in which something
 * was typed stays. A live page that cannot be opened is not asked for again before files change once more.
 */
export function chooseHost(state: ReadState, { shows, touched, lostAt }: Heard): Choice {
  const opens = lostAt !== state.changes
  const isLive = shows?.host === 'live' && opens
  const deployed = previewStateOf(state).live
  const host = fittingHost(state, { opens, isLive })
  const isShown = host === shows?.host && (host === 'live' || deployed?.id === shows?.deployment)
  if (!touched || isShown || !host || !(isLive || shows?.host === 'preview')) return { host, waiting: undefined }
  const waiting = host === 'preview' && deployed ? { host, version: deployed.version } : { host: 'live' as const }
  return { host: shows?.host, waiting }
}

/** What fits the app's state, whatever was typed. Where nothing is deployed, the only page there is stays. */
function fittingHost(state: ReadState, { opens, isLive }: { opens: boolean; isLive: boolean }): Host | undefined {
  const deployed = previewStateOf(state).live
  if (isUnderWay(state) && opens && (deployed !== undefined || isLive || hasWritten(state))) return 'live'
  if (deployed) return 'preview'
  return isLive && !isUnderWay(state) ? 'live' : undefined
}

/** Whether the running turn has changed a file: until then a new app's live page is only what it starts from. */
function hasWritten({ snapshot, writing, edit }: ReadState): boolean {
  const { turns, messages } = snapshot.conversation
  const turn = runningTurn(turns)?.id
  if (edit !== undefined || (turn !== undefined && writing === turn)) return true
  const answer = messages.findLast((message) => message.role === 'assistant' && message.turn === turn)
  const blocks = answer?.role === 'assistant' ? answer.blocks : []
  return blocks.some((block) => block?.type === 'tools' && block.calls.some((call) => call.added !== undefined))
}

/**
 * A path as an app's page or a person gives it, as one that leads nowhere but into the app; undefined when it does not. It
 * begins with one slash: two would name a host to whoever reads it as an address again.
 */
export function pathInApp(path: string, base: string): string | undefined {
  const url = URL.parse(path, base)
  if (url?.origin !== new URL(base).origin) return undefined
  return `${url.pathname.replace(/^\/+/, '/')}${url.search}${url.hash}`
}
