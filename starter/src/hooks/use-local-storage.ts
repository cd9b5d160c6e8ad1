import { useCallback, useEffect, useState } from 'react'

/**
 * State that survives a reload, kept in this browser as JSON under `key`, in step between tabs.
 * If storage is blocked, full or holds something unreadable, it behaves like `useState`.
 */
export function useLocalStorage<T>(key: string, initial: T) {
  const [value, setValue] = useState<T>(() => read(key, initial))

  useEffect(() => {
    try {
      localStorage.setItem(key, JSON.stringify(value))
    } catch {
      // blocked or full: the value lives until the page is closed
    }
  }, [key, value])

  useEffect(() => {
    const onStorage = (event: StorageEvent) => {
      if (event.key === key && event.newValue !== null) setValue(parse(event.newValue, initial))
    }
    window.addEventListener('storage', onStorage)
    return () => window.removeEventListener('storage', onStorage)
    // `initial` is only a fallback; a new object each render must not subscribe again
  }, [key])

  const reset = useCallback(() => setValue(initial), [initial])
  return [value, setValue, reset] as const
}

function read<T>(key: string, fallback: T): T {
  try {
    const text = localStorage.getItem(key)
    return text === null ? fallback : parse(text, fallback)
  } catch {
    return fallback
  }
}

function parse<T>(text: string, fallback: T): T {
  try {
    return JSON.parse(text) as T
  } catch {
    return fallback
  }
}
