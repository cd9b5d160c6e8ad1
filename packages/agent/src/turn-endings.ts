import type { NoticeAction, TurnErrorCode } from '@overskill/protocol'
import type { ModelFault } from './model.ts'
import type { TurnEnd } from './turn-journal.ts'

/** How turns end that do not simply complete: codes, words and what the person can do next, in one place. */

type Failed = TurnEnd & { ending: 'failed' }

const failed = (code: TurnErrorCode, message: string, actions: NoticeAction[], detail?: string): Failed => ({
  ending: 'failed',
  error: { code, message, ...(detail !== undefined && { detail }) },
  actions,
})

const faultCodes: Record<ModelFault['code'], TurnErrorCode> = {
  unreachable: 'model_unreachable',
  key_rejected: 'model_key_rejected',
  model_not_found: 'model_not_found',
  billing: 'model_billing',
  rate_limited: 'model_busy',
  overloaded: 'model_busy',
  too_long: 'model_too_long',
  thinking_unbound: 'model_protocol',
  bad_request: 'model_protocol',
  bad_stream: 'model_protocol',
  cut: 'interrupted',
  idle: 'interrupted',
  aborted: 'interrupted',
}

const inSettings = new Set<ModelFault['code']>(['key_rejected', 'billing'])

function nextActions(code: ModelFault['code'], again: NoticeAction): NoticeAction[] {
  if (code === 'model_not_found') return ['model', 'settings', again]
  if (inSettings.has(code)) return ['settings', again]
  if (code === 'too_long') return ['model']
  return code === 'unreachable' ? [again, 'settings'] : [again]
}

/** @param progress Whether finished steps of this turn are kept: then one goes on instead of beginning again. */
export function faultEnding(fault: ModelFault, progress: boolean): Failed {
  const again: NoticeAction = progress ? 'continue' : 'retry'
  return failed(faultCodes[fault.code], fault.message, nextActions(fault.code, again), fault.detail)
}

export const stepLimitEnding = (steps: number): Failed =>
  failed('limit_reached', `The model asked ${steps} times in this turn, which is the limit. What is done is kept.`, [
    'continue',
  ])

/** A cap on what is spent that leaves no room for a further request. Money in US dollars. */
export type SpendingCap = { kind: 'turn_usd' | 'turn_tokens' | 'month_usd'; limit: number; spent: number }

const dollars = (usd: number): string => `$${usd.toFixed(2)}`
const count = (tokens: number): string => tokens.toLocaleString('en-US')

/** @param progress Whether the turn has done something: then one goes on instead of beginning again. */
export function spendingEnding({ kind, limit, spent }: SpendingCap, progress: boolean): Failed {
  const kept = progress ? 'What is done is kept.' : 'Your message is kept.'
  const reached = {
    turn_usd: `This turn has spent ${dollars(spent)}; the limit is ${dollars(limit)} a turn.`,
    turn_tokens: `This turn has used ${count(spent)} tokens; the limit is ${count(limit)} a turn.`,
    month_usd: `This month ${dollars(spent)} were spent; the limit is ${dollars(limit)} a month for all apps together.`,
  }
  const text = `${reached[kind]} The model was not asked again. ${kept} Limits can be changed under Usage.`
  return failed('limit_reached', text, ['limits', progress ? 'continue' : 'retry'])
}

export const timeLimitEnding = (): Failed =>
  failed('timeout', 'This turn took longer than it may. What is done is kept.', ['continue'])

export const loopEnding = (tool: string, times: number): Failed =>
  failed(
    'loop',
    `The model called ${tool} ${times} times with the same input and made no progress. What is done is kept.`,
    ['continue'],
  )

export const outputLimitEnding = (): Failed =>
  failed('output_limit', 'The reply reached its longest length again and again. What is done is kept.', ['continue'])

export const tooLongEnding = (): Failed =>
  failed(
    'model_too_long',
    'The conversation has become too long for this model and cannot be made shorter. What is done is kept. A model with more room can go on.',
    ['model'],
  )

/** Whether a turn ends because its conversation is too long, by a refused request or in the middle of a reply. */
export const isTooLong = (end: TurnEnd): boolean => end.ending === 'failed' && end.error.code === 'model_too_long'

export const pauseLimitEnding = (): Failed =>
  failed('limit_reached', 'The model paused its reply too often. What is done is kept.', ['continue'])

export const duplicateEnding = (): Failed =>
  failed('model_protocol', 'The model gave two calls of one reply the same id, so the second was not run.', [
    'continue',
  ])

const categories: Record<string, string> = {
  cyber: 'computer security',
  bio: 'biology',
  frontier_llm: 'building AI models',
  reasoning_extraction: 'showing its reasoning',
  general_harms: 'possible harm',
}

export function refusalEnding(category: string, explanation: string): Failed {
  const about = categories[category]
  const text = `The model refused this request${about ? ` (${about})` : ''}. ${explanation}`.trim()
  return failed('model_refused', `${text} What it had begun was taken back. Another model may answer.`, [
    'model',
    'settings',
    'retry',
  ])
}
