/** Waits until all have ended, then throws the first failure: nothing goes on behind the caller's back. */
export async function settleAll(running: readonly Promise<void>[]): Promise<void> {
  const results = await Promise.allSettled(running)
  for (const result of results) if (result.status === 'rejected') throw result.reason
}
