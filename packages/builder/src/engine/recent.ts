/** What was made lately, by key: the oldest goes when there are too many. For pure results only. */
export type Recent<T> = { get(key: string): T | undefined; set(key: string, value: T): T }

export function keepRecent<T>(most: number): Recent<T> {
  const entries = new Map<string, T>()
  return {
    get(key) {
      const value = entries.get(key)
      if (value !== undefined) {
        entries.delete(key)
        entries.set(key, value)
      }
      return value
    },
    set(key, value) {
      entries.delete(key)
      entries.set(key, value)
      const [oldest] = entries.keys()
      if (entries.size > most && oldest !== undefined) entries.delete(oldest)
      return value
    },
  }
}
