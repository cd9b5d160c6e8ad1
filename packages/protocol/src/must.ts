/** Our own mistakes throw; a person's mistakes are an `Outcome`. The three throws live here. */

/** Throws unless the condition holds. Only for what our own code guarantees, never for input. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`Assertion failed: ${message}`)
}

/** The value, which our own code guarantees to be there. */
export function must<T>(value: T | null | undefined, what: string): T {
  assert(value !== null && value !== undefined, `${what} is missing`)
  return value
}

/** Marks the branch that the type checker has proved empty. */
export function unreachable(value: never): never {
  throw new Error(`Unreachable: ${JSON.stringify(value)}`)
}
