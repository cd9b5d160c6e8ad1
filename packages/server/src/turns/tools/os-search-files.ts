import { defineTool, done, read, refused } from '@overskill/agent'
import { timeLimitMs } from '@overskill/protocol'
import { searchFiles } from '@overskill/workspace'
import { z } from 'zod'
import type { ToolWork } from './work.ts'

const maxHits = 100
const maxLength = 20_000

/** Globs of a comma list; commas inside braces do not part them. */
const globsOf = (list: string | undefined): string[] =>
  (list ?? '').match(/(?:\{[^}]*\}|[^,{])+/g)?.flatMap((glob) => glob.trim() || []) ?? []

export const osSearchFiles = defineTool({
  name: 'os-search-files',
  description:
    'Finds text in the files of the app, line by line, and answers file:line:text. Use it to find where something is defined or used; when you know the file, use os-view. ' +
    'The query is plain text unless regex is true (JavaScript syntax), and case is ignored unless case_sensitive is true. include and exclude are globs, several parted by commas. ' +
    'At most 100 lines come back, each cut to 500 characters. Example: {"query": "useState", "include": "src/**/*.tsx"}.',
  input: z.object({
    query: z.string().min(1).max(1_000).describe('What to find'),
    regex: z.boolean().optional().describe('The query is a regular expression'),
    include: z
      .string()
      .max(500)
      .optional()
      .describe('Only files that fit one of these globs, such as src/**/*.{ts,tsx}'),
    exclude: z.string().max(500).optional().describe('No files that fit one of these globs'),
    case_sensitive: z.boolean().optional().describe('Upper and lower case differ'),
    limit: z.int().min(1).max(maxHits).optional().describe('Most lines to answer'),
  }),
  effect: 'transactional',
  changes: false,
  limitMs: timeLimitMs('searchTool'),
  keys: () => [read('tree')],
  async run({ query, regex, include, exclude, case_sensitive, limit }, { draft }: ToolWork, signal) {
    const found = await searchFiles(
      draft,
      {
        text: query,
        regex: regex ?? false,
        caseSensitive: case_sensitive ?? false,
        include: globsOf(include),
        exclude: globsOf(exclude),
        limit: limit ?? maxHits,
      },
      signal,
    )
    if (!found.ok) return refused(found.code, found.message)
    const { hits, files } = found
    if (hits.length === 0)
      return done(`No line matches in ${files} files.${files === 0 ? ' No file fits include.' : ''}`)
    const rows = hits.map((hit) => `${hit.path}:${hit.line}:${hit.text}`)
    let length = 0
    const fitting = rows.filter((row) => (length += row.length + 1) <= maxLength)
    const more = found.more || fitting.length < rows.length ? ' There are more: narrow the query or use include.' : ''
    return done(`${fitting.length} lines in ${files} searched files.${more}\n${fitting.join('\n')}`)
  },
})
