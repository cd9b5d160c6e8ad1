/** What comes of `work`, or undefined when that takes longer than `limitMs`; it goes on then, and nobody waits for it. */
export async function within<T>(limitMs: number, work: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, limitMs, undefined)
  })
  return Promise.race([work, late]).finally(() => clearTimeout(timer))
}
