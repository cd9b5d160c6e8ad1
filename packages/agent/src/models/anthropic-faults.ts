import Anthropic from '@anthropic-ai/sdk'
import type { ModelFault } from '../model.ts'
import { faultOfProviderError, retryAfterMs, typeOf, unreachable, type FaultSource } from './faults.ts'

/** The fault that an error thrown by the client is: a refused request, or a connection that never came about. */
export function faultOfThrown(error: unknown, source: FaultSource, nowMs: number): ModelFault {
  if (!(error instanceof Anthropic.APIError) || error.status === undefined) return unreachable(error, source)
  const headers = error.headers instanceof Headers ? error.headers : undefined
  const wait = retryAfterMs(headers, nowMs)
  return faultOfProviderError(
    {
      status: error.status,
      type: typeOf(error.status, error.type ?? ''),
      message: error.apiMessage ?? error.message,
      ...(error.errorCode && { errorCode: error.errorCode }),
      ...(wait !== undefined && { retryAfterMs: wait }),
      inStream: false,
    },
    source,
  )
}
