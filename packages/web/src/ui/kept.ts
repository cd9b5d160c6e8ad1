import { useCallback, useState } from 'react'

/**
 * What this browser remembers between visits: widths, drafts, the theme. Keys start with `overskill.`.
 * A browser that refuses to store is one that forgets; nothing else changes.
 */
export function readKept(key: string): string | undefined {
  try {
    return localStorage.getItem(`overskill.${key}`) ?? undefined
  } catch {
    return undefined // storage is switched off
  }
}

/** Remembers a text; undefined or empty forgets it. Returns whether the browser took it. */
export function writeKept(key: string, value: string | undefined): boolean {
  try {
    if (value) localStorage.setItem(`overskill.${key}`, value)
    else localStorage.removeItem(`overskill.${key}`)
    return true
  } catch {
    return false // storage is full or switched off
  }
}

/** A text that survives a reload. */
export function useKept(key: string, fallback: string): [string, (value: string) => void] {
  const [state, setState] = useState({ key, value: readKept(key) ?? fallback })
  const set = useCallback(
    (value: string) => {
      setState({ key, value })
      writeKept(key, value)
    },
    [key],
  )
  // Another key is another text: an app's draft is never shown in the next app.
  return [state.key === key ? state.value : (readKept(key) ?? fallback), set]
}
