import { keepRecent } from '../../engine/recent.ts'

/**
 * One change of a stylesheet that a page has: a rule put in, taken out or replaced. `path`: the places of the blocks that
 * it lies in, from outside; `count`: how many rules that block has before this change, so that a page that counts
 * otherwise (it drops rules that it does not know) takes the whole sheet instead.
 */
export type SheetChange = { path: readonly number[]; at: number; count: number; remove: boolean; insert: string | null }

/** A rule or a statement of a sheet. `body` is null for a statement. */
export type SheetRule = { text: string; head: string; body: string | null }

const CONTAINER = /^@(?:layer|media|supports|container)\b/

/**
 * What turns one sheet into another, in order. Rules are compared as text; only blocks of rules (layers, media) are looked
 * into.
 */
export function diffSheets(before: readonly SheetRule[], after: readonly SheetRule[]): SheetChange[] {
  const changes: SheetChange[] = []
  diffRules(before, after, [], changes)
  return changes
}

/** What only some browsers know: a rule with it counts in one and not in another. */
const VENDOR = /::?-(?:moz|ms|o|webkit|khtml)-|^@-/
const recentAlike = keepRecent<SheetRule>(64)

/**
 * The rules of a sheet, for every browser to count alike: those that some browsers drop stand each in a block of its own,
 * which none drops. Nothing else about them changes. The text is as a tool wrote it: balanced, strings and comments closed.
 */
export const alikeRules = (css: string): SheetRule[] => splitRules(css).map(alikeRule)

function alikeRule(rule: SheetRule): SheetRule {
  const { text, head, body } = rule
  if (body === null || !VENDOR.test(text)) return rule
  if (!CONTAINER.test(head))
    return VENDOR.test(head) ? { text: `@media all { ${text} }`, head: '@media all', body: text } : rule
  const known = recentAlike.get(text)
  if (known) return known
  const inner = `\n${textOfRules(alikeRules(body))}\n`
  return recentAlike.set(text, { text: `${head} {${inner}}`, head, body: inner })
}

export const textOfRules = (rules: readonly SheetRule[]): string => rules.map(({ text }) => text).join('\n')

function diffRules(
  before: readonly SheetRule[],
  after: readonly SheetRule[],
  path: readonly number[],
  changes: SheetChange[],
): void {
  const later = new Set(after.map((rule) => rule.text))
  const earlier = new Set(before.map((rule) => rule.text))
  let count = before.length
  let at = 0
  const change = (remove: boolean, insert: string | null): void => {
    changes.push({ path, at, count, remove, insert })
    count += (insert === null ? 0 : 1) - (remove ? 1 : 0)
  }
  let old = 0
  let next = 0
  while (old < before.length || next < after.length) {
    const had = before[old]
    const has = after[next]
    if (had && has && had.text === has.text) {
      old += 1
    } else if (
      had &&
      has &&
      CONTAINER.test(had.head) &&
      had.head === has.head &&
      had.body !== null &&
      has.body !== null
    ) {
      diffRules(splitRules(had.body), splitRules(has.body), [...path, at], changes)
      old += 1
    } else if (had && (!has || !later.has(had.text)) && (!has || earlier.has(has.text) || had.head !== has.head)) {
      change(true, null)
      old += 1
      continue
    } else if (has && (!had || later.has(had.text))) {
      change(false, has.text)
    } else if (has) {
      change(true, has.text)
      old += 1
    }
    at += 1
    next += 1
  }
}

const recent = keepRecent<readonly SheetRule[]>(64)
const LARGE = 2_000

/** The rules of a sheet or of a block, in order. Comments between them are left out. */
export function splitRules(css: string): readonly SheetRule[] {
  if (css.length < LARGE) return split(css)
  return recent.get(css) ?? recent.set(css, split(css))
}

function split(css: string): SheetRule[] {
  const rules: SheetRule[] = []
  let start = skipSpace(css, 0)
  while (start < css.length) {
    const open = findMark(css, start, '{;')
    if (css[open] !== '{') {
      const text = css.slice(start, open).trim()
      if (text !== '') rules.push({ text: `${text};`, head: text, body: null })
      start = skipSpace(css, open + 1)
      continue
    }
    const close = findMark(css, open + 1, '}')
    const head = css.slice(start, open).trim()
    rules.push({ text: css.slice(start, close + 1), head, body: css.slice(open + 1, close) })
    start = skipSpace(css, close + 1)
  }
  return rules
}

/** Whatever may hide a mark or is one: an escape, a comment, a string, a bracket. */
const SPECIAL = /\\|\/\*|["'(){}[\];]/g

/** The next place of one of these marks outside strings, comments and brackets; the end of the text when there is none. */
function findMark(css: string, from: number, marks: string): number {
  let depth = 0
  SPECIAL.lastIndex = from
  for (let match = SPECIAL.exec(css); match; match = SPECIAL.exec(css)) {
    const mark = match[0]
    if (depth === 0 && marks.includes(mark)) return match.index
    if ('([{'.includes(mark)) depth += 1
    else if (')]}'.includes(mark)) depth = Math.max(0, depth - 1)
    else if (mark !== ';') SPECIAL.lastIndex = skipQuoted(css, match.index)
  }
  return css.length
}

/** Behind the string, the comment or the escaped character that begins here. */
function skipQuoted(css: string, at: number): number {
  const mark = css[at] ?? ''
  if (mark === '\\') return at + 2
  if (mark === '/') {
    const end = css.indexOf('*/', at + 2)
    return end === -1 ? css.length : end + 2
  }
  let end = css.indexOf(mark, at + 1)
  while (end > 0 && css[end - 1] === '\\' && !/(?:^|[^\\])(?:\\\\)+$/.test(css.slice(at + 1, end)))
    end = css.indexOf(mark, end + 1)
  return end === -1 ? css.length : end + 1
}

function skipSpace(css: string, from: number): number {
  let at = from
  while (at < css.length) {
    if (/\s/.test(css[at] ?? '')) at += 1
    else if (css.startsWith('/*', at)) at = skipQuoted(css, at)
    else break
  }
  return at
}
