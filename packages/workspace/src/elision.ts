import { Visitor } from 'oxc-parser'
import { parseScript, scriptLanguage } from './parse-script.ts'

/** A line that stands for code left out. `line` is 1 for the first. */
export type Elision = { line: number; text: string }

/** What is surely source; other things ("existing routes", "keep existing state") are said of an app as well. */
const source = '(?:code|file|contents?|implementation|imports?|exports?)'
const things =
  '(?:code|file|files|imports?|exports?|content|contents|component|components|functions?|methods?|logic|implementation|styles?|markup|jsx|html|routes?|types?|props|handlers?|hooks?|state|sections?|elements?|fields?|cases?|rules?|declarations?|definitions?)'
const article = '(?:the |your |all |all the |all of the |this |my )?'
const kept =
  '(?:unchanged|untouched|as is|as-is|as before|as it was|as they were|the same|same|the same as before|same as before|same as above|stays? the same|remains? the same|remains? unchanged|stays? unchanged|goes? here|omitted|omitted for brevity|for brevity|not shown)'

/** With dots before it, few words are enough: "... existing code ...", "… rest of the imports". */
const dotted = new RegExp(
  `^${article}(?:(?:existing|rest of|remaining|remainder of|previous|other|same|unchanged|original|current)\\b.{0,60}|keep\\b.{0,60}|.{0,60}\\b(?:unchanged|omitted|as before|the same|goes? here))$`,
  'i',
)

/** Dots after it alone are often honest ("other users are typing…"): then it must name a part of the source. */
const trailed = new RegExp(
  `^${article}(?:existing|rest of|remaining|remainder of) (?:the |your |this |my )?(?:\\w+ ){0,2}${things}$`,
  'i',
)

/** Without dots the line must say nothing but that code was left out. */
const plain = [
  `^(?:keep|leave|retain|preserve) ${article}(?:existing|current|original|previous|remaining|rest of ${article}) ?${source}$`,
  `^(?:keep|leave|retain|preserve) ${article}(?:existing|current|original|previous|other|remaining|rest of ${article}) ?(?:\\w+ ){0,3}${things} \\(?${kept}$`,
  `^(?:keep|leave) ${article}rest (?:of it )?${kept}$`,
  `^${article}(?:rest|remainder) of (?:the |your |this |my )?(?:\\w+ ){0,2}${things} (?:is |are )?\\(?(?:${kept}|here)$`,
  `^${article}(?:existing|previous|remaining) (?:\\w+ ){0,2}${things} (?:is |are )?\\(?${kept}$`,
  `^${article}existing (?:code|contents?|implementation)(?: here)?$`,
  `^same code as (?:before|above)$`,
  `^(?:code|file|content|implementation|imports) (?:is |are )?(?:unchanged|omitted|omitted for brevity|remains? the same|stays? the same)$`,
].map((pattern) => new RegExp(pattern, 'i'))

const dotsBefore = /^[([{]?(?:\.{3,}|…)/
const dotsAfter = /(?:\.{3,}|…)$/

/** No remark about left-out code is longer; and the patterns below meet no long line. */
const maxRemark = 200

/** Dots and plain words with spaces; never a spread such as `...existing,`, `...rest` or `...existing as Item`. */
const bare = /^(?<text>(?:\.{3}|…)\s*[([]?[a-z]+(?: (?!as )[a-z]+)+[)\]]?\s*(?:\.{3}|…)?)$/i

/** The text of a line that is nothing but a comment, or nothing but dots and words; undefined for any other line. */
function remark(line: string): string | undefined {
  const trimmed = line.trim()
  if (trimmed.length > maxRemark) return undefined
  const comment =
    /^\{?\/\*+(?<text>.*?)\*+\/\}?;?$/.exec(trimmed) ??
    /^(?:\/\/+|#+(?!\w))(?<text>.*)$/.exec(trimmed) ??
    /^<!--(?<text>.*?)-->$/.exec(trimmed) ??
    bare.exec(trimmed)
  return comment?.groups?.['text']?.trim()
}

function saysLeftOut(text: string): boolean {
  const said = text.replace(/^[\s.…([{-]+|[\s.…)\]}!:-]+$/g, '').trim()
  if (said === '' || said.length > 120) return false
  if (dotsBefore.test(text) && dotted.test(said)) return true
  if (dotsAfter.test(text) && trailed.test(said)) return true
  return plain.some((pattern) => pattern.test(said))
}

/** Stretches of string and template contents of a script that parses, in ascending order and apart; none when it does not. */
function stringSpans(text: string, language: NonNullable<ReturnType<typeof scriptLanguage>>): [number, number][] {
  const script = parseScript('file', text, language)
  if (!script.parsed || script.parsed.errors.length > 0) return []
  const spans: [number, number][] = []
  new Visitor({
    TemplateElement: (node) => void spans.push([node.start, node.end]),
    Literal: (node) => void spans.push([node.start, node.end]),
  }).visit(script.parsed.program)
  return spans.toSorted(([a], [b]) => a - b)
}

/**
 * The first line that stands for code left out ("// ... keep existing code", "rest of the file unchanged", "... existing imports ..."),
 * or undefined. Only lines that are nothing but such a remark count: a comment that says something about the code passes, prose
 * files (md, txt) are not looked at, and text inside strings and templates of a script is its author's own (L8).
 */
export function findElision(path: string, text: string): Elision | undefined {
  if (/\.(mdx?|txt|csv|svg)$/i.test(path)) return undefined
  let spans: [number, number][] | undefined
  let next = 0 // the first span that does not end before the line: lines ascend as spans do
  let offset = 0
  for (const [i, line] of text.split('\n').entries()) {
    const said = remark(line)
    if (said !== undefined && saysLeftOut(said)) {
      const at = offset + line.search(/\S/)
      const language = scriptLanguage(path)
      spans ??= language ? stringSpans(text, language) : []
      while ((spans[next]?.[1] ?? Infinity) <= at) next += 1
      if ((spans[next]?.[0] ?? Infinity) > at) return { line: i + 1, text: line.trim().slice(0, 160) }
    }
    offset += line.length + 1
  }
  return undefined
}
