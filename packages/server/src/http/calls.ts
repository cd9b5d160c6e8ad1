import { implement, ORPCError, type Implementer } from '@orpc/server'
import { OpenAPIHandler } from '@orpc/openapi/fetch'
import { ValidationError } from '@orpc/contract'
import { contract, failureStatus, type Failure, type Outcome } from '@overskill/protocol'
import type { Log } from '../log.ts'
import { apiHeaders, problemOf, problemResponse } from './problem.ts'
import type { StoreAnswer } from './idempotency.ts'
import type { Calls, KeptAnswer } from './services.ts'
import { failureOfIssues } from './invalid-input.ts'

/** What every call knows about its caller. `store`: where the answer is kept, for a request with an `Idempotency-Key`. */
export type CallContext = { person: string; log: Log; params: readonly string[]; store?: StoreAnswer }

type AnyCall = (input: unknown, person: string, kept: KeptAnswer) => Promise<Outcome<unknown>>
type AnyContract = { '~orpc': { route: { successStatus?: number } } }
type AnyProcedure = { handler(run: (options: { input: unknown; context: CallContext }) => Promise<unknown>): unknown }

/**
 * Answers the contract's calls from `calls`: input is parsed by the contract's schema, a failure becomes a problem, and what
 * the output schema does not name never leaves.
 *
 * @returns Answers a request whose path is one of the contract's.
 */
export function createCallHandler(calls: Calls): (request: Request, context: CallContext) => Promise<Response> {
  const handler = new OpenAPIHandler<CallContext>(routerOf(calls), {
    interceptors: [
      async (options) => {
        try {
          return await options.next()
        } catch (error) {
          throw asProblem(error, options.context)
        }
      },
    ],
    customErrorResponseBodyEncoder: (error) => problemOf(error.data as Failure),
  })
  return async (request, context) => {
    const { matched, response } = await handler.handle(request, { prefix: '/api', context })
    if (!matched) return problemResponse({ code: 'not_found', detail: 'There is no such call.' })
    const headers = new Headers({ ...Object.fromEntries(response.headers), ...apiHeaders })
    if (response.status >= 400) headers.set('content-type', 'application/problem+json')
    return new Response(response.body, { status: response.status, headers })
  }
}

/** The router: every procedure of the contract, answered by the call of the same name. Their types were checked as `Calls`. */
function routerOf(calls: Calls) {
  const os = implement(contract).$context<CallContext>()
  const groups = Object.entries(calls).map(([group, members]) => {
    const procedures = Object.entries(members).map(([name, call]) => {
      const procedure = (os as unknown as Record<string, Record<string, AnyProcedure>>)[group]?.[name]
      if (!procedure) throw new Error(`The contract has no call ${group}.${name}`)
      const { successStatus = 200 } = contractOf(group, name)
      return [name, procedure.handler(({ input, context }) => answer(call as AnyCall, input, context, successStatus))]
    })
    return [group, Object.fromEntries(procedures)]
  })
  return Object.fromEntries(groups) as Parameters<Implementer<typeof contract, CallContext, CallContext>['router']>[0]
}

const contractOf = (group: string, name: string): { successStatus?: number } =>
  (contract as unknown as Record<string, Record<string, AnyContract>>)[group]?.[name]?.['~orpc'].route ?? {}

async function answer(call: AnyCall, input: unknown, { person, store }: CallContext, status: number): Promise<unknown> {
  const outcome = await call(input, person, async (write, body) => store?.(write, status, body))
  if (outcome.ok) return outcome.value
  throw problemError(outcome.failure)
}

const problemError = (failure: Failure) =>
  new ORPCError(failure.code, { status: failureStatus[failure.code], message: failure.detail, data: failure })

/** The one filter: everything that a call can throw, as a problem. What is not the caller's doing is logged, and not told. */
function asProblem(error: unknown, { log, params }: CallContext): ORPCError<string, Failure> {
  if (error instanceof ORPCError && isFailure(error.data)) return problemError(error.data)
  if (error instanceof ORPCError && error.code === 'BAD_REQUEST' && error.cause instanceof ValidationError) {
    return problemError(failureOfIssues(error.cause.issues, params))
  }
  log.error('A call failed', { error })
  return problemError({ code: 'internal', detail: 'Something went wrong on our side. The log has the details.' })
}

const isFailure = (data: unknown): data is Failure =>
  typeof data === 'object' && data !== null && 'code' in data && 'detail' in data && String(data.code) in failureStatus
