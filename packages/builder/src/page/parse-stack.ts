import type { CodePlace } from '@overskill/protocol'

const mostPlaces = 50
const mostStackCharacters = 20_000
const inCode = /((?:blob:)?(?:https?|file):\/\/[^\s()]{1,2000}?):(\d{1,9}):(\d{1,9})/
const inEval = /((?:blob:)?(?:https?|file):\/\/[^\s()]{1,2000}?) line (\d{1,9}) > (?:eval|Function)/

/**
 * The places of an error's `stack`, innermost first: as Chromium (`at name (url:1:2)`), Firefox and Safari (`name@url:1:2`)
 * write it. Lines of the message, native code and code without an address are left out.
 */
export function parseStack(stack: unknown): CodePlace[] {
  if (typeof stack !== 'string') return []
  const places: CodePlace[] = []
  for (const line of stack.slice(0, mostStackCharacters).split('\n')) {
    if (!/^\s*at |@|^(?:blob:)?https?:/.test(line)) continue
    const match = inCode.exec(line) ?? inEval.exec(line)
    if (!match?.[1] || match[1].length > 500) continue
    places.push({ file: match[1], line: Number(match[2]), column: Number(match[3] ?? 0) })
    if (places.length === mostPlaces) break
  }
  return places
}
