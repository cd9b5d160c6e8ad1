import { useCallback, useSyncExternalStore } from 'react'

type Store = { value: unknown; initial: unknown; listeners: Set<() => void> }

const stores = new Map<string, Store>()

/**
 * State that survives a reload, kept in this browser as JSON under `key`; everything that uses the key shows the same, other tabs
 * included. If storage is blocked, full or holds something unreadable, it behaves like `useState`. The third value sets it back.
 */
export function useLocalStorage<T>(key: string, initial: T) {
  const store = storeOf(key, initial)
  const subscribe = useCallback(
    (onChange: () => void) => {
      store.listeners.add(onChange)
      return () => store.listeners.delete(onChange)
    },
    [store],
  )
  const value = useSyncExternalStore(subscribe, () => store.value as T)

  const setValue = useCallback(
    (next: T | ((old: T) => T)) => {
      const changed = typeof next === 'function' ? (next as (old: T) => T)(store.value as T) : next
      show(store, changed)
      try {
        localStorage.setItem(key, JSON.stringify(changed))
      } catch {
        // blocked or full: the value lives until the page is closed
      }
    },
    [key, store],
  )

  const reset = useCallback(() => {
    show(store, store.initial)
    try {
      localStorage.removeItem(key)
    } catch {
      // blocked: nothing was kept
    }
  }, [key, store])

  return [value, setValue, reset] as const
}

function storeOf(key: string, initial: unknown): Store {
  const known = stores.get(key)
  if (known) return known
  const store: Store = { value: read(key, initial), initial, listeners: new Set() }
  stores.set(key, store)
  return store
}

function show(store: Store, value: unknown) {
  store.value = value
  for (const listener of store.listeners) listener()
}

function read(key: string, fallback: unknown): unknown {
  try {
    return parse(localStorage.getItem(key), fallback)
  } catch {
    return fallback
  }
}

function parse(text: string | null, fallback: unknown): unknown {
  if (text === null) return fallback
  try {
    return JSON.parse(text)
  } catch {
    return fallback
  }
}

/** Another tab changed it. */
window.addEventListener('storage', ({ key, newValue }) => {
  const store = key === null ? undefined : stores.get(key)
  if (store) show(store, parse(newValue, store.initial))
})
