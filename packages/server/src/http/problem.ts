import { failureStatus, failureTitle, type Failure } from '@overskill/protocol'
import type { ServerResponse } from 'node:http'

/** The body of an answer that says what is wrong (API.md "Errors"). */
export type Problem = Failure & { type: string; title: string; status: number }

/** `status` differs from the code's only for 405, which has no code of its own. */
export const problemOf = (failure: Failure, status: number = failureStatus[failure.code]): Problem => ({
  type: `/problems/${failure.code}`,
  code: failure.code,
  title: status === 405 ? 'Method not allowed' : failureTitle[failure.code],
  status,
  detail: failure.detail,
  ...(failure.errors && { errors: failure.errors }),
})

export const problemType = 'application/problem+json'

/** The one place where a failure becomes an answer. */
export function problemResponse(failure: Failure, headers: Record<string, string> = {}, status?: number): Response {
  const problem = problemOf(failure, status)
  return new Response(JSON.stringify(problem), {
    status: problem.status,
    headers: { ...apiHeaders, 'content-type': problemType, ...headers },
  })
}

/** The same, where there is no `Request` yet: refused at the door. */
export function sendProblem(response: ServerResponse, failure: Failure, headers: Record<string, string> = {}): void {
  const problem = problemOf(failure)
  const body = JSON.stringify(problem)
  response.writeHead(problem.status, {
    ...apiHeaders,
    'content-type': problemType,
    'content-length': Buffer.byteLength(body),
    ...headers,
  })
  response.end(body)
}

/** On every answer of the API: it is data, for our own pages, and for now. */
export const apiHeaders: Record<string, string> = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}
