/** What running work counts on, by hash, and what a sweep deletes: neither gets in the other's way. */
export interface ContentHolds {
  /** What is claimed within `work` is not deleted before it ends; nor, where a sweep is such work, before that ends. */
  holding<T>(work: () => Promise<T>): Promise<T>
  /** Within `holding`: from now on no sweep deletes it. Settles when a deletion that is under way has ended: then look. */
  claim(hash: string): Promise<void>
  /** Grows while others run. */
  claimed: ReadonlySet<string>
  /** Filled by a sweep with each deletion while it runs. */
  deleting: Map<string, Promise<void>>
}

export function createContentHolds(): ContentHolds {
  const claimed = new Set<string>()
  const deleting = new Map<string, Promise<void>>()
  let running = 0
  return {
    claimed,
    deleting,
    async holding(work) {
      running += 1
      try {
        return await work()
      } finally {
        running -= 1
        if (running === 0) claimed.clear()
      }
    },
    async claim(hash) {
      claimed.add(hash)
      await deleting.get(hash)
    },
  }
}
