/** Marks of the words that the model takes for ours, and of what it takes for its own memory. */
const ours = ['system-reminder', 'conversation-summary']

/**
 * Words between marks that nothing in them can end (AGENT.md E): `<` before the marks' name, and before the names of marks that
 * stand for us, becomes `&lt;`; all else stays as it is. Fences may stand within each other.
 *
 * @param name of the marks: lower case, and `-`.
 * @param attributes of the first mark, as they stand in it; never words of somebody else.
 */
export function fence(name: string, words: string, attributes?: string): string {
  const marks = new RegExp(`<(?=[\\s/]{0,9}(?:${[name, ...ours].join('|')})(?:[\\s/>]|$))`, 'gi')
  return `<${name}${attributes === undefined ? '' : ` ${attributes}`}>\n${words.replaceAll(marks, '&lt;')}\n</${name}>`
}
