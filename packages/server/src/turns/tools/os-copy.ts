import { defineTool, done } from '@overskill/agent'
import { z } from 'zod'
import { readsFile, writesFile } from './file-keys.ts'
import { guardTarget } from './guard-content.ts'
import { noSuchFile, refusedBy } from './refusals.ts'
import type { ToolWork } from './work.ts'

export const osCopy = defineTool({
  name: 'os-copy',
  description:
    'Copies one file to a new path. Use it to begin a file like another one, or to keep a binary file under a second name; to move a file use os-rename. ' +
    'The target must not exist. Nothing in the copy is changed, its relative imports included. ' +
    'Example: {"from": "src/pages/books.tsx", "to": "src/pages/films.tsx"}.',
  input: z.object({
    from: z.string().describe('Path of the file, relative to the app root'),
    to: z.string().describe('Path of the copy; must not exist'),
  }),
  effect: 'transactional',
  changes: true,
  keys: ({ from, to }) => [...readsFile(from), ...writesFile(to)],
  async run({ from, to }, { draft }: ToolWork) {
    const refusal = guardTarget(to)
    if (refusal) return refusal
    const copied = await draft.copy(from, to)
    if (!copied.ok)
      return copied.failure.code === 'not_found' ? noSuchFile(from, draft.tree()) : refusedBy(copied.failure)
    const { added } = copied.value
    return done(`Copied ${from} to ${to}: ${added} lines.`, { added, removed: 0 })
  },
})
