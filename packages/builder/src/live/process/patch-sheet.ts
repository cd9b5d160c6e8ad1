import { splitRules, type SheetRule } from './sheet-diff.ts'

/** What only a compiler can answer: nested rules, directives, functions of Tailwind. */
const NEEDS_COMPILER = /[{}@]|--(?:alpha|spacing|theme)\(|\b(?:theme|screen)\(/

/**
 * A compiled sheet after a change of its source, where that is plain to see: the declarations of rules that stand by
 * themselves are others, and nothing else is. Such an edit (a colour, a radius) need not wait for the compiler.
 *
 * @returns Null when the sheet must be compiled.
 */
export function patchSheet(compiled: string, before: string, after: string): string | null {
  const old = splitRules(before)
  const next = splitRules(after)
  if (old.length !== next.length) return null
  const changed: [was: SheetRule, is: SheetRule][] = []
  for (const [index, was] of old.entries()) {
    const is = next[index]
    if (!is || is.head !== was.head) return null
    if (is.text === was.text) continue
    if (!isPlain(was) || !isPlain(is)) return null
    changed.push([was, is])
  }
  if (changed.length === 0) return null // comments, or the space between: whoever compiles it knows
  return replaceRules(compiled, changed)
}

const isPlain = ({ head, body }: SheetRule): boolean =>
  !head.startsWith('@') && body !== null && !NEEDS_COMPILER.test(withoutComments(body))

function replaceRules(compiled: string, changed: readonly [was: SheetRule, is: SheetRule][]): string | null {
  const rules = splitRules(compiled).map((rule) => rule.text)
  const known = splitRules(compiled)
  for (const [was, is] of changed) {
    const wanted = plainText(was.body ?? '')
    const fits = known.flatMap((rule, index) =>
      plainText(rule.head) === plainText(was.head) && rule.body !== null && plainText(rule.body) === wanted
        ? [index]
        : [],
    )
    const [at] = fits
    if (fits.length !== 1 || at === undefined) return null
    rules[at] = `${was.head} {\n${declarations(is.body ?? '')}}`
  }
  return rules.join('\n')
}

const withoutComments = (css: string): string => css.replaceAll(/\/\*[\s\S]*?\*\//g, ' ')
const plainText = (css: string): string => withoutComments(css).replaceAll(/\s+/g, '').replace(/;$/, '')

const declarations = (body: string): string =>
  splitRules(withoutComments(body))
    .map((declaration) => `  ${declaration.text}\n`)
    .join('')
