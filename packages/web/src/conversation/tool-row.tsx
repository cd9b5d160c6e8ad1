import type { ToolCall, ToolCallStatus } from '@overskill/protocol'
import { Ban, Check, CircleAlert, CircleDashed, Clock, Timer } from 'lucide-react'
import { memo, useState } from 'react'
import { useAppState } from '../editor/app-context.tsx'
import { fetchedText } from '../packages/install-words.ts'
import { duration } from '../ui/figures.ts'
import { LineChange } from '../ui/line-change.tsx'
import { FilePath } from '../ui/file-path.tsx'
import { Spinner } from '../ui/spinner.tsx'
import { WaitedFor } from '../ui/waited-for.tsx'
import { contentLines, createInputReader } from './growing-input.ts'
import { conversationWords } from './strings.ts'
import { ToolDetail } from './tool-detail.tsx'
import { fieldsOf, isFailed, isInstall, isOpen, listsOf, subjectOf, verbOf, type ToolSubject } from './tool-words.ts'

const icon = { className: 'size-4 shrink-0 text-muted', strokeWidth: 1.5, 'aria-hidden': true } as const

const statusIcons: Record<ToolCallStatus, React.ReactNode> = {
  pending: <CircleDashed {...icon} className="size-4 shrink-0 animate-pulse-quiet text-accent" />,
  queued: <Clock {...icon} />,
  running: <Spinner />,
  complete: <Check {...icon} className="size-4 shrink-0 text-success" />,
  error: <CircleAlert {...icon} className="size-4 shrink-0 text-danger" />,
  timeout: <Timer {...icon} className="size-4 shrink-0 text-danger" />,
  cancelled: <Ban {...icon} />,
}

/** One tool call, 28 px high; opens to what it wrote, changed or answered. */
export const ToolRow = memo(({ call }: { call: ToolCall }) => {
  const [open, setOpen] = useState(false)
  const [read] = useState(createInputReader)
  const growing = read(call.inputText)
  const field = call.input === undefined ? (name: string) => growing.fields.get(name)?.text : fieldsOf(call.input)
  return (
    <li>
      <button
        type="button"
        aria-expanded={open}
        className="flex h-7 w-full items-center gap-2 px-2 text-start text-13 transition-colors hover:bg-hover"
        onClick={() => setOpen(!open)}
      >
        {statusIcons[call.status]}
        <span className="sr-only">{conversationWords.statuses[call.status]}:</span>
        <span className="shrink-0 text-muted">{verbOf(call)}</span>
        <Subject subject={subjectOf(call.name, field, listsOf(call.input))} />
        <span className="ml-auto flex shrink-0 items-center gap-2 ps-1 text-12 text-muted">
          {isInstall(call) && <Fetched />}
          {call.status === 'running' && <WaitedFor startedAt={call.startedAt} deadline={call.deadline} />}
          <Measure call={call} lines={call.input === undefined ? growing.lines : contentLines(field)} />
        </span>
      </button>
      {isFailed(call) && !open && (
        <p className="truncate ps-8 pe-2 pb-1 text-12 text-danger-text">{call.error?.message ?? call.result}</p>
      )}
      {open && <ToolDetail call={call} field={field} />}
    </li>
  )
})
ToolRow.displayName = 'ToolRow'

function Subject({ subject }: { subject: ToolSubject }) {
  if (!subject) return null
  if (subject.kind === 'words') return <span className="min-w-0 truncate">{subject.text}</span>
  return (
    <span className="flex min-w-0 items-center gap-1">
      <FilePath path={subject.path} />
      {subject.to !== undefined && (
        <>
          <span className="text-muted">→</span>
          <FilePath path={subject.to} />
        </>
      )}
    </span>
  )
}

/** What has been fetched of the packages that are on their way. */
function Fetched() {
  const progress = useAppState((state) => state.install?.progress)
  return progress && <span>{fetchedText(progress)}</span>
}

/** The figures of a row: lines while they come, then what changed and how long it took. */
function Measure({ call, lines }: { call: ToolCall; lines: number }) {
  if (isOpen(call)) {
    if (call.status === 'queued') return conversationWords.statuses.queued
    return lines > 0 ? conversationWords.lines(lines) : null
  }
  return (
    <>
      {call.added !== undefined && <LineChange added={call.added} removed={call.removed ?? 0} />}
      {call.ms !== undefined && <span>{duration(call.ms)}</span>}
    </>
  )
}
