import { fail, ok, type Outcome } from '@overskill/protocol'
import { z } from 'zod'

/** A member of a JSON object, by its places in the text: the value is `[start, end)`. */
type Member = { key: string; start: number; end: number }

const SECTIONS = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'] as const

const List = z.record(z.string(), z.string()).optional()
const Sections = z.object({
  dependencies: List,
  devDependencies: List,
  optionalDependencies: List,
  peerDependencies: List,
})

export type ManifestChange = {
  add: readonly { name: string; range: string; dev: boolean }[]
  remove: readonly string[]
}

/**
 * Changes what `package.json` lists; everything else of its text stays as it is. A name that is listed already keeps its
 * place. `not_found`: something to remove that is not listed.
 */
export function editManifest(text: string, { add, remove }: ManifestChange): Outcome<string> {
  let edited = text
  const listed = readSections(text)
  if (!listed) return fail('invalid', 'package.json does not list packages as a JSON object.')
  const unknown = remove.find((name) => !SECTIONS.some((section) => name in (listed[section] ?? {})))
  if (unknown !== undefined) return fail('not_found', `"${unknown}" is not listed in package.json.`)
  for (const section of SECTIONS) {
    const before = listed[section]
    const after: Record<string, string> = { ...before }
    for (const name of remove) delete after[name]
    for (const { name, range, dev } of add) {
      const home = SECTIONS.find((each) => name in (listed[each] ?? {})) ?? (dev ? 'devDependencies' : 'dependencies')
      if (home === section) after[name] = range
    }
    const isSame = JSON.stringify(before ?? {}) === JSON.stringify(after)
    if (!isSame) edited = withSection(edited, section, inOrder(before, after))
  }
  return ok(edited)
}

function readSections(text: string): z.infer<typeof Sections> | null {
  try {
    const value: unknown = JSON.parse(text)
    const parsed = Sections.safeParse(value)
    return parsed.success ? parsed.data : null
  } catch {
    return null // not JSON
  }
}

/** A list that was in the order of names stays so. */
function inOrder(before: Record<string, string> | undefined, after: Record<string, string>): Record<string, string> {
  const names = Object.keys(before ?? {})
  const isSorted = names.every((name, index) => index === 0 || (names[index - 1] ?? '') < name)
  return isSorted ? Object.fromEntries(Object.entries(after).toSorted(([a], [b]) => (a < b ? -1 : 1))) : after
}

function withSection(text: string, section: string, entries: Record<string, string>): string {
  const indent = /\n([ \t]+)"/.exec(text)?.[1] ?? '  '
  const written = JSON.stringify(entries, null, indent).replaceAll('\n', `\n${indent}`)
  const members = membersOf(text)
  const member = members.find(({ key }) => key === section)
  if (member) return text.slice(0, member.start) + written + text.slice(member.end)
  const last = members.at(-1)
  const at = last?.end ?? text.indexOf('{') + 1
  return `${text.slice(0, at)}${last ? ',' : ''}\n${indent}"${section}": ${written}${last ? '' : '\n'}${text.slice(at)}`
}

/** The members of the outermost object of a text that is known to be JSON. */
function membersOf(text: string): Member[] {
  const members: Member[] = []
  const token = /"(?:\\.|[^"\\])*"|[{}[\],:]|[^\s{}[\],:"]+/g
  let depth = 0
  let key: string | null = null
  let open: Member | null = null
  for (const match of text.matchAll(token)) {
    const [part] = match
    const end = match.index + part.length
    if (part === '}' || part === ']') depth -= 1
    if (depth === 1 && part === ',') [key, open] = [null, null]
    else if (depth === 1 && key === null && part.startsWith('"')) key = JSON.parse(part) as string
    else if (depth >= 1 && key !== null && part !== ':') {
      if (!open) members.push((open = { key, start: match.index, end }))
      open.end = end
    }
    if (part === '{' || part === '[') depth += 1
  }
  return members
}
