/** Every failure a person can meet, and its HTTP status. Adding one is a protocol change. */
export const failureStatus = {
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  busy: 409,
  nothing_to_publish: 409,
  precondition_failed: 412,
  too_large: 413,
  wrong_type: 415,
  wrong_host: 421,
  invalid: 422,
  build_failed: 422,
  rate_limited: 429,
  internal: 500,
  model_unavailable: 503,
  starting: 503,
} as const

export type FailureCode = keyof typeof failureStatus

/** One thing wrong with one input: `path` is dotted (`changes.0.path`), empty for the whole body. */
export type FailureField = { path: string; message: string }

export type Failure = { code: FailureCode; detail: string; errors?: FailureField[] }

/** A result that may be a failure a person can meet. Never used for our own mistakes: those throw. */
export type Outcome<T> = { ok: true; value: T } | { ok: false; failure: Failure }

export const ok = <T>(value: T): Outcome<T> => ({ ok: true, value })

export const fail = (code: FailureCode, detail: string, errors?: FailureField[]): Outcome<never> => ({
  ok: false,
  failure: errors ? { code, detail, errors } : { code, detail },
})

/** Short human titles of the codes, for `problem+json` and the screen. */
export const failureTitle: Record<FailureCode, string> = {
  unauthenticated: 'Not signed in',
  forbidden: 'Not allowed',
  not_found: 'Not found',
  conflict: 'Conflict',
  busy: 'Busy',
  nothing_to_publish: 'Nothing to publish',
  precondition_failed: 'Changed meanwhile',
  too_large: 'Too large',
  wrong_type: 'Wrong content type',
  wrong_host: 'Wrong host',
  invalid: 'Invalid input',
  build_failed: 'The build failed',
  rate_limited: 'Too many requests',
  internal: 'Internal error',
  model_unavailable: 'The model is not available',
  starting: 'Starting',
}
