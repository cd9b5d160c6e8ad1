import type { AnySchema, ContractProcedure, ErrorMap, InferSchemaInput, InferSchemaOutput, Meta } from '@orpc/contract'
import { ApiProblem, readProblem, unreachable } from './problem.ts'

export type CallOptions = {
  signal?: AbortSignal | undefined
  /** Sent as `Idempotency-Key`: the same key with the same body is done once, however often it is sent. */
  idempotencyKey?: string | undefined
}

/**
 * Calls one procedure of protocol's `contract` and checks the answer against its schema.
 *
 * @throws ApiProblem for every failure: refused, unreachable, or an answer that is not what the contract says.
 */
export async function call<I extends AnySchema, O extends AnySchema>(
  procedure: ContractProcedure<I, O, ErrorMap, Meta>,
  input: InferSchemaInput<I>,
  options: CallOptions = {},
): Promise<InferSchemaOutput<O>> {
  const { route, outputSchema } = procedure['~orpc']
  const method = route.method ?? 'GET'
  const { path, rest } = fillPath(route.path ?? '/', input as Record<string, unknown>)
  const body = method === 'GET' || Object.keys(rest).length === 0 ? undefined : JSON.stringify(rest)
  const address = method === 'GET' ? `/api${path}${queryString(rest)}` : `/api${path}`
  const response = await send(address, {
    method,
    headers: {
      accept: 'application/json',
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(options.idempotencyKey && { 'idempotency-key': options.idempotencyKey }),
    },
    ...(body !== undefined && { body }),
    signal: options.signal ?? null,
  })
  const value: unknown = await response.json().catch(() => undefined)
  const checked = await outputSchema?.['~standard'].validate(value)
  if (!checked || checked.issues) throw notUnderstood(address)
  return checked.value as InferSchemaOutput<O>
}

/** `fetch` whose every failure is an `ApiProblem`. An abort stays an abort. */
export async function send(address: string, init: RequestInit): Promise<Response> {
  const response = await fetch(address, init).catch((error: unknown) => {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw unreachable(error)
  })
  if (!response.ok) throw await readProblem(response)
  return response
}

const notUnderstood = (address: string): ApiProblem =>
  new ApiProblem({
    code: 'internal',
    title: 'The answer could not be read',
    detail: `The answer of ${address} is not what this studio expects. Reload the page: the server may be newer.`,
    errors: [],
  })

/** Puts `{name}` parameters of the path in and hands the other fields back. */
function fillPath(template: string, input: Record<string, unknown>): { path: string; rest: Record<string, unknown> } {
  const rest = { ...input }
  const path = template.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = rest[name]
    delete rest[name]
    return encodeURIComponent(String(value))
  })
  return { path, rest }
}

function queryString(fields: Record<string, unknown>): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(fields))
    if (typeof value === 'string' || typeof value === 'number') query.set(name, String(value))
  return query.size > 0 ? `?${query}` : ''
}
