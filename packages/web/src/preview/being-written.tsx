import type { Message, ToolCall } from '@overskill/protocol'
import { useState } from 'react'
import { createInputReader } from '../conversation/growing-input.ts'
import { fieldsOf } from '../conversation/tool-words.ts'
import { useMessages } from '../editor/app-context.tsx'
import { FilePath } from '../ui/file-path.tsx'

/** As much as fits on a tall screen; the rest is above it. */
const shownLines = 120

/** The file that the model writes just now, growing: what there is to see of an app before its first version. */
export function BeingWritten() {
  const call = writtenLast(useMessages())
  return call ? <GrowingFile key={call.id} call={call} /> : null
}

/** The newest call that writes a whole file. */
export function writtenLast(messages: readonly Message[]): ToolCall | undefined {
  const answer = messages.findLast((message) => message.role === 'assistant')
  const blocks = answer?.role === 'assistant' ? answer.blocks : []
  const calls = blocks.flatMap((block) => (block.type === 'tools' ? block.calls : []))
  return calls.findLast(({ name }) => name === 'os-write')
}

function GrowingFile({ call }: { call: ToolCall }) {
  const [read] = useState(createInputReader)
  const growing = read(call.inputText)
  const field = call.input === undefined ? (name: string) => growing.fields.get(name)?.text : fieldsOf(call.input)
  const path = field('file_path')
  const lines = (field('content') ?? '').split('\n').slice(-shownLines)
  if (!path) return null
  return (
    // A screen reader hears the row in the conversation instead: this is the same, faster than anybody reads aloud.
    <div aria-hidden className="flex min-h-0 flex-1 flex-col border-t border-hairline">
      <div className="flex h-8 shrink-0 items-center border-b border-hairline px-8">
        <FilePath path={path} />
      </div>
      <div className="flex min-h-0 flex-1 flex-col-reverse overflow-hidden">
        <pre dir="ltr" className="flex-1 px-8 py-3 text-12 leading-5 text-muted">
          {lines.join('\n')}
        </pre>
      </div>
    </div>
  )
}
