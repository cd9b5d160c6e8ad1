import { defineTool, done, read } from '@overskill/agent'
import { findImporters } from '@overskill/workspace'
import { z } from 'zod'
import { writesFile } from './file-keys.ts'
import { guardRemoval } from './guard-content.ts'
import { noSuchFile, refusedBy } from './refusals.ts'
import type { ToolWork } from './work.ts'

export const osDelete = defineTool({
  name: 'os-delete',
  description:
    'Deletes one file of the app. Use it for files that nothing needs any more; to move a file use os-rename, to empty one use os-write. ' +
    'package.json, index.html and src/main.tsx cannot be deleted. The answer names the files that still import it, to be changed with os-replace. ' +
    'Example: {"file_path": "src/components/old-card.tsx"}.',
  input: z.object({ file_path: z.string().describe('Path of the file, relative to the app root') }),
  effect: 'transactional',
  changes: true,
  keys: ({ file_path }) => [...writesFile(file_path), read('tree')],
  async run({ file_path }, { draft }: ToolWork) {
    const refusal = guardRemoval(file_path)
    if (refusal) return refusal
    const importers = await findImporters(draft, file_path)
    const removed = await draft.remove(file_path)
    if (!removed.ok) {
      return removed.failure.code === 'not_found' ? noSuchFile(file_path, draft.tree()) : refusedBy(removed.failure)
    }
    const broken = importers.length > 0 ? `\nThese still import it and must be changed: ${importers.join(', ')}.` : ''
    return done(`Deleted ${file_path}.${broken}`, { added: 0, removed: removed.value.removed })
  },
})
