import type { Block, ToolCall } from '@overskill/protocol'
import { ChevronRight, CircleAlert } from 'lucide-react'
import { useState } from 'react'
import { classes } from '../ui/classes.ts'
import { duration } from '../ui/figures.ts'
import { Spinner } from '../ui/spinner.tsx'
import { conversationWords } from './strings.ts'
import { ToolRow } from './tool-row.tsx'
import { isFailed, isOpen, summaryOf } from './tool-words.ts'

type Tools = Extract<Block, { type: 'tools' }>

/** The calls of one step: open while they work, one line when done, opened again by hand. */
export function ToolsBlock({ block }: { block: Tools }) {
  const [chosen, setChosen] = useState<boolean>()
  const open = chosen ?? block.expanded
  const running = block.status === 'running'
  return (
    <section className="rounded-control border border-hairline bg-panel text-13">
      <button
        type="button"
        aria-expanded={open}
        className="flex min-h-8 w-full items-center gap-2 rounded-control px-2 text-start transition-colors hover:bg-hover"
        onClick={() => setChosen(!open)}
      >
        <ChevronRight
          aria-hidden
          className={classes('size-4 shrink-0 text-muted transition-transform', open && 'rotate-90')}
          strokeWidth={1.5}
        />
        <span className="min-w-0 flex-1 py-1">{summaryOf(block.calls) || conversationWords.toolsEmpty}</span>
        <GroupState calls={block.calls} running={running} ms={block.ms} />
      </button>
      {open && block.calls.length > 0 && (
        <ul className="border-t border-hairline py-1">
          {block.calls.map((call) => (
            <ToolRow key={call.id} call={call} />
          ))}
        </ul>
      )}
    </section>
  )
}

type GroupStateProps = { calls: ToolCall[]; running: boolean; ms: number | undefined }

function GroupState({ calls, running, ms }: GroupStateProps) {
  if (running && calls.some(isOpen)) {
    return (
      <span className="flex items-center gap-1.5 text-12 text-muted">
        {calls.length > 1 && `${calls.filter((call) => !isOpen(call)).length} of ${calls.length}`}
        <Spinner className="size-3.5" />
      </span>
    )
  }
  return (
    <span className="flex items-center gap-1.5 text-12 text-muted">
      {calls.some(isFailed) && <CircleAlert aria-hidden className="size-4 text-danger" strokeWidth={1.5} />}
      {ms !== undefined && duration(ms)}
    </span>
  )
}
