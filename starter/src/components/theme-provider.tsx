import { createContext, type ReactNode, use, useCallback, useLayoutEffect, useMemo, useState } from 'react'
import { useMediaQuery } from '@/hooks/use-media-query'

export type Theme = 'light' | 'dark' | 'system'

type ThemeState = {
  /** What was chosen. */
  theme: Theme
  /** What is shown: `system` resolved. */
  shown: 'light' | 'dark'
  /** What the device prefers. */
  systemTheme: 'light' | 'dark'
  setTheme: (theme: Theme) => void
}

const ThemeContext = createContext<ThemeState | null>(null)
const storageKey = 'theme'

function storedTheme(): Theme | null {
  try {
    const value = localStorage.getItem(storageKey)
    return value === 'light' || value === 'dark' || value === 'system' ? value : null
  } catch {
    return null // storage is blocked: the choice lives until the page is closed
  }
}

/** Puts the class `dark` on the root element. A blocked `localStorage` never breaks it. */
export function ThemeProvider({ children, defaultTheme = 'system' }: { children: ReactNode; defaultTheme?: Theme }) {
  const [theme, setThemeState] = useState<Theme>(() => storedTheme() ?? defaultTheme)
  const systemIsDark = useMediaQuery('(prefers-color-scheme: dark)')
  const systemTheme: ThemeState['systemTheme'] = systemIsDark ? 'dark' : 'light'
  const shown = theme === 'system' ? systemTheme : theme

  useLayoutEffect(() => {
    document.documentElement.classList.toggle('dark', shown === 'dark')
  }, [shown])

  const setTheme = useCallback((next: Theme) => {
    setThemeState(next)
    try {
      localStorage.setItem(storageKey, next)
    } catch {
      // storage is blocked: nothing to remember it in
    }
  }, [])

  const state = useMemo(() => ({ theme, shown, systemTheme, setTheme }), [theme, shown, systemTheme, setTheme])
  return <ThemeContext value={state}>{children}</ThemeContext>
}

export function useTheme() {
  const state = use(ThemeContext)
  if (!state) throw new Error('useTheme needs a ThemeProvider above it')
  return state
}
