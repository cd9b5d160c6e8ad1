const OPENING = new Set(Buffer.from('([{'))
const CLOSING = new Set(Buffer.from(')]}'))

/** How deep brackets lie in brackets, those in texts and comments included: an upper bound, found quickly. */
export function nestingOf(bytes: Uint8Array): number {
  let depth = 0
  let deepest = 0
  for (const byte of bytes) {
    if (OPENING.has(byte)) deepest = Math.max(deepest, (depth += 1))
    else if (CLOSING.has(byte)) depth = Math.max(0, depth - 1)
  }
  return deepest
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

/** How deep the lists and objects of a JSON value lie in each other. */
export function levelsOf(value: unknown): number {
  let levels = 0
  for (let level = [value].filter(isObject); level.length > 0; levels += 1)
    level = level.flatMap((item) => Object.values(item) as unknown[]).filter(isObject)
  return levels
}
