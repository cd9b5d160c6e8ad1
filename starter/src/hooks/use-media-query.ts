import { useCallback, useSyncExternalStore } from 'react'

/** Whether a CSS media query holds now, e.g. `useMediaQuery('(min-width: 48rem)')`. */
export function useMediaQuery(query: string) {
  const subscribe = useCallback(
    (onChange: () => void) => {
      const list = window.matchMedia(query)
      list.addEventListener('change', onChange)
      return () => list.removeEventListener('change', onChange)
    },
    [query],
  )
  return useSyncExternalStore(subscribe, () => window.matchMedia(query).matches)
}
