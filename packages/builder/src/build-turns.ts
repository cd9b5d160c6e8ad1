/** Lets so many run side by side; who comes later waits, and goes in the order of asking. */
export type BuildTurns = {
  /** Resolves with what ends the turn; null when the signal came first. Never rejects. */
  take(signal: AbortSignal): Promise<(() => void) | null>
  /** Those who wait get null, as does everybody after. */
  close(): void
}

export function createBuildTurns(most: number): BuildTurns {
  const waiting = new Set<(mayGo: boolean) => void>()
  let free = most
  let closed = false

  const next = (): void => {
    const [first] = waiting
    if (free === 0 || !first) return
    free -= 1
    waiting.delete(first)
    first(true)
  }
  const release = (): void => {
    free += 1
    next()
  }

  return {
    async take(signal) {
      if (signal.aborted || closed) return null
      const { promise, resolve } = Promise.withResolvers<boolean>()
      const giveUp = (): void => {
        if (waiting.delete(resolve)) resolve(false)
      }
      waiting.add(resolve)
      signal.addEventListener('abort', giveUp, { once: true })
      next()
      const mayGo = await promise
      signal.removeEventListener('abort', giveUp)
      return mayGo ? release : null
    },
    close() {
      closed = true
      for (const resolve of waiting) resolve(false)
      waiting.clear()
    },
  }
}
