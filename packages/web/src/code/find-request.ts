import { useEffect, useEffectEvent, useSyncExternalStore } from 'react'

/** The wish to find a file. It may be made before the code view was ever opened, and waits until that is in front. */

let asked = false
const listeners = new Set<() => void>()

function change(next: boolean): void {
  asked = next
  for (const listener of listeners) listener()
}

function subscribe(onChange: () => void): () => void {
  listeners.add(onChange)
  return () => listeners.delete(onChange)
}

export const askToFind = (): void => change(true)

/**
 * Runs `find` when it is asked for and the code view is in front.
 *
 * @returns Whether it is about to run: what it needs must be drawn now.
 */
export function useFindRequest(shown: boolean, find: () => void): boolean {
  const due = useSyncExternalStore(subscribe, () => asked) && shown
  const answer = useEffectEvent(find)
  useEffect(() => {
    if (!due) return
    answer()
    change(false)
  }, [due])
  return due
}
