import { defineTool, done } from '@overskill/agent'
import { decodeText, splitLines } from '@overskill/workspace'
import { z } from 'zod'
import { writesFile } from './file-keys.ts'
import { guardContent, guardTarget } from './guard-content.ts'
import { missingReport } from './missing-report.ts'
import { refusedBy } from './refusals.ts'
import { syntaxReport } from './syntax-report.ts'
import type { ToolWork } from './work.ts'

export const osWrite = defineTool({
  name: 'os-write',
  description:
    'Creates a file, or replaces all of an existing one. Use it for new files and when more than half of a file changes; for smaller changes use os-replace, which is safer and shorter. ' +
    'Write the whole content: nothing is merged, and a line such as "// ... existing code" is refused. Limits: text only, 1 MB, path relative to the app root; files of different paths can be written in one go, side by side. ' +
    'The answer names syntax errors of the stored file, to be fixed next. Example: {"file_path": "src/components/book-card.tsx", "content": "export function BookCard() { … }\\n"}.',
  input: z.object({
    file_path: z.string().describe('Path relative to the app root, such as src/App.tsx'),
    content: z.string().describe('The whole content of the file'),
  }),
  effect: 'transactional',
  changes: true,
  eager: true,
  keys: ({ file_path }) => writesFile(file_path),
  async run({ file_path, content }, work: ToolWork) {
    const { draft } = work
    const old = await draft.read(file_path)
    if (!old.ok && old.failure.code === 'invalid') return refusedBy(old.failure)
    const before = old.ok ? decodeText(old.value) : undefined
    const refusal = guardTarget(file_path) ?? guardContent(file_path, content, before)
    if (refusal) return refusal
    const written = await draft.write(file_path, content)
    if (!written.ok) return refusedBy(written.failure)
    const { path, action, added, removed, warnings } = written.value
    const lines = splitLines(content).length
    const what =
      before === content
        ? `${path} already had exactly this content (${lines} lines)`
        : `${action === 'created' ? 'Created' : 'Replaced'} ${path}: ${lines} lines, +${added} -${removed}`
    const text = `${what}.${warnings.map((warning) => ` Warning: ${warning}`).join('')}${syntaxReport(path, content)}${await missingReport(path, content, work)}`
    return done(text, { added, removed })
  },
})
