import type { Deployment } from '@overskill/protocol'
import { runningTurn } from '../conversation/exchanges.ts'
import type { AppState } from '../editor/app-state.ts'
import { previewStateOf } from './preview-state.ts'

/** Which of the app's addresses the frame shows (API.md "Three hosts of an app"). */
export type Host = 'live' | 'preview'

/** What the studio's page itself knows of the frame in view. */
export type Heard = {
  shows: Host | undefined
  /** A person has typed or changed something in the page in view since it was loaded. */
  touched: boolean
  /** How often files had changed (`AppState.changes`) when the live page last could not be opened. */
  lostAt: number | undefined
}

export type Choice = {
  /** Undefined: there is nothing to show yet. */
  host: Host | undefined
  /** A deployment that would take the live page's place, were there not something typed in that. */
  waiting: Deployment | undefined
}

type ReadState = Pick<AppState, 'snapshot' | 'buildErrors' | 'changes' | 'writing' | 'edit'>

/** Whether files are being changed: by a turn that may, or by a person whose change is not deployed yet. */
export function isUnderWay({ snapshot, edit }: Pick<AppState, 'snapshot' | 'edit'>): boolean {
  return runningTurn(snapshot.conversation.turns)?.mode === 'build' || edit !== undefined
}

/**
 * What the frame is to show: the live page while files are being changed, else what is deployed. A live page in which
 * something was typed stays, and so does the only page there is. One that cannot be opened is not asked for again before
 * files change once more.
 */
export function chooseHost(state: ReadState, { shows, touched, lostAt }: Heard): Choice {
  const deployed = previewStateOf(state).live
  const opens = lostAt !== state.changes
  const isLive = shows === 'live' && opens
  if (isUnderWay(state)) {
    if (opens && (deployed !== undefined || isLive || hasWritten(state))) return { host: 'live', waiting: undefined }
  } else if (isLive && (touched || !deployed)) return { host: 'live', waiting: deployed }
  return { host: deployed && 'preview', waiting: undefined }
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

/** A path as an app's page or a person gives it, as one that leads nowhere but into the app; undefined when it does not. */
export function pathInApp(path: string, base: string): string | undefined {
  const url = URL.parse(path, base)
  return url && url.origin === new URL(base).origin ? `${url.pathname}${url.search}${url.hash}` : undefined
}
