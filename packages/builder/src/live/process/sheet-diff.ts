/**
 * One change of a stylesheet that a page has: a rule put in, taken out or replaced. `path`: the places of the blocks that
 * it lies in, from outside; `count`: how many rules that block has before this change, so that a page that counts
 * otherwise (it drops rules that it does not know) takes the whole sheet instead.
 */
export type SheetChange = { path: readonly number[]; at: number; count: number; remove: boolean; insert: string | null }

/** A rule or a statement of a sheet. `body` is null for a statement. */
type SheetRule = { text: string; head: string; body: string | null }

const CONTAINER = /^@(?:layer|media|supports|container)\b/

/**
 * What turns one sheet into another, in order. Both are text as a tool wrote it: balanced, strings and comments closed.
 * Rules are compared as text; only blocks of rules (layers, media) are looked into.
 */
export function diffSheets(before: string, after: string): SheetChange[] {
  const changes: SheetChange[] = []
  diffRules(splitRules(before), splitRules(after), [], changes)
  return changes
}

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

/** The rules of a sheet or of a block, in order. Comments between them are left out. */
export function splitRules(css: string): SheetRule[] {
  const rules: SheetRule[] = []
  let start = skipSpace(css, 0)
  while (start < css.length) {
    const open = findAny(css, start, '{;')
    if (css[open] !== '{') {
      const text = css.slice(start, open).trim()
      if (text !== '') rules.push({ text: `${text};`, head: text, body: null })
      start = skipSpace(css, open + 1)
      continue
    }
    const close = findClose(css, open)
    const head = css.slice(start, open).trim()
    rules.push({ text: css.slice(start, close + 1), head, body: css.slice(open + 1, close) })
    start = skipSpace(css, close + 1)
  }
  return rules
}

/** The next place of one of these marks outside strings, comments and parentheses; the end of the text when there is none. */
function findAny(css: string, from: number, marks: string): number {
  let depth = 0
  for (let at = from; at < css.length; at += 1) {
    const skipped = skipQuoted(css, at)
    if (skipped !== at) {
      at = skipped - 1
      continue
    }
    const mark = css[at] ?? ''
    if (mark === '(' || mark === '[') depth += 1
    else if (mark === ')' || mark === ']') depth = Math.max(0, depth - 1)
    else if (depth === 0 && marks.includes(mark)) return at
  }
  return css.length
}

function findClose(css: string, open: number): number {
  let depth = 0
  for (let at = open; at < css.length; at += 1) {
    const skipped = skipQuoted(css, at)
    if (skipped !== at) {
      at = skipped - 1
      continue
    }
    if (css[at] === '{') depth += 1
    else if (css[at] === '}') {
      depth -= 1
      if (depth === 0) return at
    }
  }
  return css.length
}

/** Behind the string, the comment or the escaped character that begins here; the same place when none does. */
function skipQuoted(css: string, at: number): number {
  const mark = css[at]
  if (mark === '\\') return at + 2
  if (mark === '/' && css[at + 1] === '*') {
    const end = css.indexOf('*/', at + 2)
    return end === -1 ? css.length : end + 2
  }
  if (mark !== '"' && mark !== "'") return at
  for (let end = at + 1; end < css.length; end += 1) {
    if (css[end] === '\\') end += 1
    else if (css[end] === mark) return end + 1
  }
  return css.length
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
