/**
 * Whether a path fits a glob: `*` and `?` within a part, `**` over parts, `{a,b}`. A glob without "/" is held against the
 * file's name (`*.tsx`), or names a folder (`src`); one that ends with "/" means all below it. Matching takes time in proportion to both lengths,
 * whatever the glob.
 */
export function matchesGlob(path: string, glob: string): boolean {
  const parts = path.split('/')
  return expandBraces(glob.trim().replace(/^\.?\//, '')).some((plain) => {
    const wanted = plain.replace(/\/+$/, '').split('/')
    const only = wanted.length === 1 ? wanted[0] : undefined
    if (only !== undefined && only !== '**') {
      if (!plain.endsWith('/') && matchesPart(parts.at(-1) ?? '', only)) return true
      return parts.slice(0, -1).some((folder) => matchesPart(folder, only))
    }
    return matchesParts(parts, wanted) || matchesParts(parts, [...wanted, '**'])
  })
}

/** `a.{ts,tsx}` → `a.ts`, `a.tsx`; at most 64 forms, and braces inside braces are taken as they are. */
function expandBraces(glob: string): string[] {
  const brace = /\{([^{}]*)\}/.exec(glob)
  if (!brace) return [glob]
  const [whole, list] = brace
  const ends = expandBraces(glob.slice(brace.index + whole.length))
  const starts = (list ?? '').split(',').map((choice) => glob.slice(0, brace.index) + choice)
  return starts.flatMap((start) => ends.map((end) => start + end)).slice(0, 64)
}

/** Row by row: which prefixes of the path the glob so far can make. */
function matchesParts(parts: readonly string[], glob: readonly string[]): boolean {
  let reach = [true, ...parts.map(() => false)]
  for (const wanted of glob) {
    const next = parts.map(() => false)
    if (wanted === '**') {
      let open = false
      reach = reach.map((reached) => (open ||= reached))
      continue
    }
    for (const [i, part] of parts.entries()) next[i] = (reach[i] ?? false) && matchesPart(part, wanted)
    reach = [false, ...next]
  }
  return reach.at(-1) ?? false
}

/** One part against `*` and `?`: on a mismatch the last star takes one more character. */
function matchesPart(part: string, glob: string): boolean {
  let at = 0
  let star = -1
  let starAt = 0
  let i = 0
  while (i < part.length) {
    const wanted = glob[at]
    if (wanted === '*') {
      star = at
      starAt = i
      at += 1
    } else if (wanted !== undefined && (wanted === '?' || wanted === part[i])) {
      at += 1
      i += 1
    } else if (star >= 0) {
      starAt += 1
      i = starAt
      at = star + 1
    } else return false
  }
  while (glob[at] === '*') at += 1
  return at === glob.length
}
