import { useState, type ReactNode } from 'react'

/** Draws nothing until it is shown for the first time, and from then on always: a hidden part keeps its state. */
export function OnceShown({ shown, children }: { shown: boolean; children: ReactNode }) {
  const [seen, setSeen] = useState(shown)
  if (shown && !seen) setSeen(true)
  return seen || shown ? children : null
}
