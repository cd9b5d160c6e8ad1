import { useSyncExternalStore } from 'react'
import { readKept, writeKept } from './kept.ts'

export type Theme = 'light' | 'dark' | 'system'

const listeners = new Set<() => void>()

/** The chosen theme; `public/theme.js` applies the same choice before the first paint. */
export function readTheme(): Theme {
  const kept = readKept('theme')
  return kept === 'light' || kept === 'dark' ? kept : 'system'
}

export function setTheme(theme: Theme): void {
  writeKept('theme', theme === 'system' ? undefined : theme)
  if (theme === 'system') delete document.documentElement.dataset['theme']
  else document.documentElement.dataset['theme'] = theme
  for (const listener of listeners) listener()
}

export const useTheme = (): Theme =>
  useSyncExternalStore((onChange) => {
    listeners.add(onChange)
    return () => listeners.delete(onChange)
  }, readTheme)
