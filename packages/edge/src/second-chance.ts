/**
 * What is kept in memory up to a bound. A hit writes one field; when room is needed, what was not asked for since the last
 * time goes first, oldest before younger.
 */
export interface SecondChance<Key, Value> {
  get(key: Key): Value | undefined
  /** Keeps a value; others go until all together weigh no more than the bound. */
  put(key: Key, value: Value, weight: number): void
  delete(key: Key): void
  /** What all kept values weigh. */
  readonly weight: number
}

export function createSecondChance<Key, Value>(bound: number): SecondChance<Key, Value> {
  type Held = { value: Value; weight: number; wasAsked: boolean }
  const held = new Map<Key, Held>() // in the order in which they came, or had their second chance
  let total = 0

  const remove = (key: Key) => {
    total -= held.get(key)?.weight ?? 0
    held.delete(key)
  }

  return {
    get(key) {
      const entry = held.get(key)
      if (!entry) return undefined
      entry.wasAsked = true
      return entry.value
    },
    put(key, value, weight) {
      remove(key)
      held.set(key, { value, weight, wasAsked: false })
      total += weight
      for (const [oldest, entry] of held) {
        if (total <= bound) return
        remove(oldest)
        if (!entry.wasAsked) continue
        entry.wasAsked = false
        held.set(oldest, entry)
        total += entry.weight
      }
    },
    delete: remove,
    get weight() {
      return total
    },
  }
}
