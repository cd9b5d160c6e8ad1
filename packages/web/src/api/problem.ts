import { failureStatus, failureTitle, type FailureCode, type FailureField } from '@overskill/protocol'
import { z } from 'zod'

/** Why a call to the server did not work: what the server said, or that it could not be reached. */
export type Problem = {
  code: FailureCode | 'unreachable'
  title: string
  detail: string
  errors: FailureField[]
}

/** Thrown by everything in `api/`: queries and mutations carry it to the screen, which words it from `problem`. */
export class ApiProblem extends Error {
  readonly problem: Problem

  constructor(problem: Problem, cause?: unknown) {
    super(problem.detail, { cause })
    this.name = 'ApiProblem'
    this.problem = problem
  }
}

const codes = Object.keys(failureStatus) as [FailureCode, ...FailureCode[]]

const ProblemBody = z.object({
  code: z.enum(codes),
  title: z.string().optional(),
  detail: z.string().optional(),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
})

/** What an answer that is not a success says. An answer that says nothing readable is the status in words. */
export async function readProblem(response: Response): Promise<ApiProblem> {
  const body = ProblemBody.safeParse(await response.json().catch(() => undefined))
  if (!body.success)
    return new ApiProblem({
      code: 'internal', // whoever said so, a proxy for instance, is not the server: it may be another in a moment
      title: 'The server answered with an error',
      detail: `The server answered with status ${response.status}.`,
      errors: [],
    })
  const { code, title, detail, errors } = body.data
  return new ApiProblem({
    code,
    title: title ?? failureTitle[code],
    detail: detail ?? title ?? failureTitle[code],
    errors: errors ?? [],
  })
}

/** A request that never got an answer. */
export const unreachable = (cause: unknown): ApiProblem =>
  new ApiProblem(
    {
      code: 'unreachable',
      title: 'The server does not answer',
      detail: 'The server does not answer. Nothing was lost; try again when it runs.',
      errors: [],
    },
    cause,
  )

/** The problem behind anything that was thrown. */
export function problemOf(error: unknown): Problem {
  if (error instanceof ApiProblem) return error.problem
  const detail = error instanceof Error ? error.message : String(error)
  return { code: 'internal', title: failureTitle.internal, detail, errors: [] }
}
