import type { ModelFault } from '../model.ts'
import { redact, shownAddress } from './redact.ts'

/** What was talked to: for words, never for the key, which is only here to be removed from texts. */
export type FaultSource = {
  baseUrl: string
  key: string // empty: none was sent
  keyName: string // the variable that holds it
  model: string
  /** A rate limit that does not say when to come back is a spending cap, and is not tried again (AGENT.md B.1). */
  silentLimitIsCap: boolean
}

/** An error as the provider words it, from an HTTP answer or from an `error` event inside a stream. */
export type ProviderError = {
  status?: number
  type: string
  message: string
  errorCode?: string
  retryAfterMs?: number
  /** Inside a stream there are no headers: a missing `retry-after` says nothing there. */
  inStream: boolean
}

type Sort = Pick<ModelFault, 'code' | 'retry'> & { says: string }

/** The sorts of errors, in Anthropic's words: other protocols' statuses and codes are read as these. */
const statusTypes: Record<number, string> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  504: 'timeout_error',
  529: 'overloaded_error',
}

const isBilling = (text: string): boolean =>
  /credit balance|(more|insufficient|no) credits?|insufficient quota|spend(ing)? (limit|cap)|usage limits?|billing|monthly limit/i.test(
    text.replaceAll('_', ' '),
  )

/** A 400 says many things; its error code, then its words decide (AGENT.md B.1, B.3). */
function sortInvalid(error: ProviderError): Sort {
  const text = `${error.errorCode ?? ''} ${error.message}`
  if (/bound to a different conversation|invalid `?signature`? in `?thinking`?/i.test(text))
    return { code: 'thinking_unbound', retry: false, says: 'The model did not take its own earlier thinking back.' }
  if (/prompt is too long|context[ _](window|length|limit|size)|too many (input )?tokens/i.test(text))
    return {
      code: 'too_long',
      retry: false,
      says: 'The conversation is too long for this model. Choose a model with more room.',
    }
  if (isBilling(text)) return billing
  if (/(not support|no support for|unsupported).{0,20}\b(tools?|function)|tool use/i.test(text))
    return {
      code: 'bad_request',
      retry: false,
      says: 'This model cannot call tools, and building needs them. Choose another model.',
    }
  return { code: 'bad_request', retry: false, says: 'The model refused the request as invalid.' }
}

const billing: Sort = {
  code: 'billing',
  retry: false,
  says: 'The account of this key has no credit left or has reached its spending limit. Check its billing page.',
}

function sortRateLimit(error: ProviderError, source: FaultSource): Sort {
  if (!source.silentLimitIsCap && isBilling(`${error.errorCode ?? ''} ${error.message}`)) return billing
  const mayRetry =
    error.retryAfterMs !== undefined ||
    error.inStream ||
    error.errorCode === 'ramp_limit_exceeded' ||
    !source.silentLimitIsCap
  return mayRetry
    ? { code: 'rate_limited', retry: true, says: 'The model takes no more requests of this key for a moment.' }
    : billing
}

function sort(error: ProviderError, source: FaultSource): Sort {
  switch (error.type) {
    case 'authentication_error':
      return {
        code: 'key_rejected',
        retry: false,
        says: source.key
          ? `${shownAddress(source.baseUrl)} rejected the key. Check ${source.keyName} where the server is started.`
          : `${shownAddress(source.baseUrl)} asks for a key. Set ${source.keyName} where the server is started.`,
      }
    case 'billing_error':
      return billing
    case 'permission_error':
    case 'not_found_error':
      return {
        code: 'model_not_found',
        retry: false,
        says: `${shownAddress(source.baseUrl)} has no model ${source.model} for this key. Choose another model.`,
      }
    case 'request_too_large':
      return {
        code: 'too_long',
        retry: false,
        says: 'The request is too large for this model. Choose a model with more room, or ask for less at once.',
      }
    case 'rate_limit_error':
      return sortRateLimit(error, source)
    case 'invalid_request_error':
      return sortInvalid(error)
    default: {
      const busy = error.inStream || (error.status ?? 0) >= 500 || error.status === 408 || error.status === 409
      return busy
        ? { code: 'overloaded', retry: true, says: 'The model is busy.' }
        : { code: 'bad_request', retry: false, says: `The model refused the request (HTTP ${error.status ?? '?'}).` }
    }
  }
}

/** The fault that an error of the provider is. */
export function faultOfProviderError(error: ProviderError, source: FaultSource): ModelFault {
  const { code, retry, says } = sort(error, source)
  const detail = redact(error.message, source.key)
  return {
    code,
    retry,
    message: says,
    ...(detail && { detail }),
    ...(error.status !== undefined && { status: error.status }),
    ...(error.retryAfterMs !== undefined && { retryAfterMs: error.retryAfterMs }),
  }
}

/** `retry-after` in ms: seconds or an HTTP date. Undefined when absent or unreadable. */
export function retryAfterMs(headers: Headers | undefined, nowMs: number): number | undefined {
  const text = headers?.get('retry-after')?.trim()
  if (!text) return undefined
  const seconds = Number(text)
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(text) - nowMs
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined
}

const causeCode = (error: unknown): string => {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if ('code' in cause && typeof cause.code === 'string') return cause.code
  }
  return ''
}

const causes: Record<string, string> = {
  ERR_INVALID_URL: 'the address is not valid',
  ECONNREFUSED: 'nothing answers there',
  ENOTFOUND: 'the name is not known',
  EAI_AGAIN: 'the name could not be looked up',
  ECONNRESET: 'the connection was reset',
  ETIMEDOUT: 'no answer in time',
  UND_ERR_CONNECT_TIMEOUT: 'no answer in time',
}

/** The fault that a connection is which never came about. */
export const unreachable = (error: unknown, source: FaultSource): ModelFault => {
  const cause = causeCode(error)
  const why = causes[cause] ?? (/CERT|TLS|SSL|LEAF/.test(cause) ? 'no secure connection came about' : cause)
  return {
    code: 'unreachable',
    retry: true,
    message: `Cannot reach ${shownAddress(source.baseUrl)}${why ? ` (${why})` : ''}. Check the address and the network.`,
  }
}

/** The type by the provider's word, or by the status where a server in between uses words of its own. */
export const typeOf = (status: number, type: string): string => {
  const known = Object.values(statusTypes).includes(type) || type === 'api_error'
  return known ? type : (statusTypes[status] ?? '')
}
