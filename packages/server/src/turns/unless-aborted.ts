/**
 * What comes of `work`, or undefined as soon as `signal` aborts; `work` goes on then, and nobody waits for it. It leaves no listener
 * behind: a turn's signal lives long, and is waited for many times.
 */
export async function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T | undefined> {
  const { promise: aborted, resolve } = Promise.withResolvers<undefined>()
  const onAbort = (): void => resolve(undefined)
  if (signal.aborted) onAbort()
  else signal.addEventListener('abort', onAbort)
  return Promise.race([work, aborted]).finally(() => signal.removeEventListener('abort', onAbort))
}
