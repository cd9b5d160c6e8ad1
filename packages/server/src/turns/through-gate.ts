import { unlessAborted } from './unless-aborted.ts'

/**
 * Runs `begin` once: when `gate` comes to it, or at once when `stop` aborts. Who is stopped does not wait for those before it (A7).
 *
 * @param gate runs what it is given, now or later, each in its turn.
 */
export async function throughGate<T>(
  gate: (begin: () => Promise<T>) => Promise<T>,
  stop: AbortSignal,
  begin: () => Promise<T>,
): Promise<T> {
  let begun: Promise<T> | undefined
  const once = (): Promise<T> => (begun ??= begin())
  await unlessAborted(stop, gate(once))
  return once()
}
