/**
 * Runs `begin` once: when `gate` comes to it, or at once when `stop` aborts. Who is stopped does not wait for those before it (A7).
 *
 * @param gate runs what it is given, now or later, each in its turn.
 */
export function throughGate<T>(
  gate: (begin: () => Promise<T>) => Promise<T>,
  stop: AbortSignal,
  begin: () => Promise<T>,
): Promise<T> {
  let begun: Promise<T> | undefined
  const once = (): Promise<T> => (begun ??= begin())
  const { promise: stopped, resolve } = Promise.withResolvers<void>()
  if (stop.aborted) resolve()
  else stop.addEventListener('abort', () => resolve(), { once: true })
  return Promise.race([gate(once), stopped.then(once)])
}
