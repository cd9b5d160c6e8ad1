import { posix } from 'node:path'
import { defineTool, done, read } from '@overskill/agent'
import { findImporters } from '@overskill/workspace'
import { z } from 'zod'
import { writesFile } from './file-keys.ts'
import { guardRemoval, guardTarget } from './guard-content.ts'
import { noSuchFile, refusedBy } from './refusals.ts'
import type { ToolWork } from './work.ts'

export const osRename = defineTool({
  name: 'os-rename',
  description:
    'Moves or renames one file; its content stays the same. Use it instead of writing the content again under another name; not for folders, whose files are moved one by one. ' +
    'The target must not exist. Imports are not rewritten: the answer names the files that import the old path, to be changed with os-replace. ' +
    'Example: {"from": "src/pages/home.tsx", "to": "src/pages/start.tsx"}.',
  input: z.object({
    from: z.string().describe('Path of the file, relative to the app root'),
    to: z.string().describe('Its new path; must not exist'),
  }),
  effect: 'transactional',
  changes: true,
  keys: ({ from, to }) => [...writesFile(from), ...writesFile(to), read('tree')],
  async run({ from, to }, { draft }: ToolWork) {
    const refusal = guardRemoval(from) ?? guardTarget(to)
    if (refusal) return refusal
    const importers = await findImporters(draft, from)
    const moved = await draft.rename(from, to)
    if (!moved.ok) return moved.failure.code === 'not_found' ? noSuchFile(from, draft.tree()) : refusedBy(moved.failure)
    const text = await draft.readText(to)
    const isApart = posix.dirname(from) !== posix.dirname(to)
    const own = isApart && text.ok && /(?:from|import)[ (]{0,3}['"]\./.test(text.value)
    const notes = [
      importers.length > 0 ? `\nThese import the old path and must be changed: ${importers.join(', ')}.` : '',
      own ? `\nIts own relative imports now start from ${posix.dirname(to)}/: check them.` : '',
    ]
    return done(`Moved ${from} to ${to}.${notes.join('')}`, { added: 0, removed: 0 })
  },
})
