/** How the process ends. `stop` settles when everything is stopped; `force` ends what is left without waiting. */
export type Ending = { stop(): Promise<void>; force(): void; say(text: string): void; limitMs: number }

const signals: NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP']

/**
 * Ends the process on the first signal when all is stopped, at the latest after `limitMs`; at once on a second signal.
 *
 * @returns Ends it the same way with exit code 1, for a mistake of ours that nothing caught.
 */
export function endOnSignals(ending: Ending): (code: number) => void {
  let began = false
  const end = (code: number): void => {
    if (began) return forceNow(ending, code)
    began = true
    setTimeout(() => forceNow(ending, 1), ending.limitMs).unref()
    ending.stop().then(
      () => process.exit(code),
      () => forceNow(ending, 1),
    )
  }
  for (const name of signals) {
    process.on(name, () => {
      if (!began) ending.say('\n  Stopping …')
      end(0)
    })
  }
  return end
}

function forceNow(ending: Ending, code: number): never {
  ending.force()
  process.exit(code)
}
