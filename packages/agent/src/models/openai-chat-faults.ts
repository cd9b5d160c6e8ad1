import type { ModelFault } from '../model.ts'
import { faultOfProviderError, retryAfterMs, typeOf, type FaultSource } from './faults.ts'
import { isObject, objectOf, parseJson, textOf } from './json-value.ts'

type Read = { message: string; type: string; code: string; status?: number }

/** An error object as servers word it: `{error: {message, type, code}}`, `{error: "words"}`, `{message}` or `{detail}`. */
function readError(given: unknown): Read {
  if (typeof given === 'string') return { message: given, type: '', code: '' }
  const outer = objectOf(given)
  const error = isObject(outer['error']) ? outer['error'] : outer
  const words = [error['message'], outer['error'], error['detail']].find((one) => typeof one === 'string' && one !== '')
  const code = error['code'] ?? outer['code']
  const status = Number(code)
  return {
    message: textOf(words),
    type: textOf(error['type']),
    code: typeof code === 'string' ? code : '',
    ...(status >= 400 && status < 600 && { status }),
  }
}

/** Codes whose status says less than they do. */
const codeTypes: Record<string, string> = {
  invalid_api_key: 'authentication_error',
  insufficient_quota: 'billing_error',
  model_not_found: 'not_found_error',
  rate_limit_exceeded: 'rate_limit_error',
  server_error: 'api_error',
}

/** The fault that a refused request is. */
export function faultOfAnswer(
  { status, headers }: Pick<Response, 'status' | 'headers'>,
  body: string,
  source: FaultSource,
  nowMs: number,
): ModelFault {
  const { message, type, code } = readError(parseJson(body) ?? body.trim())
  const wait = retryAfterMs(headers, nowMs)
  return faultOfProviderError(
    {
      status,
      type: codeTypes[code] ?? typeOf(status, codeTypes[type] ?? type),
      message,
      ...(code && { errorCode: code }),
      ...(wait !== undefined && { retryAfterMs: wait }),
      inStream: false,
    },
    source,
  )
}

/** The fault that an `error` inside a stream is, which has begun with a 200. */
export function faultInStream(error: unknown, source: FaultSource): ModelFault {
  const { message, type, code, status } = readError(error)
  return faultOfProviderError(
    {
      type: codeTypes[code] ?? typeOf(status ?? 0, codeTypes[type] ?? type),
      message,
      ...(code && { errorCode: code }),
      inStream: true,
    },
    source,
  )
}
