import type { ToolCall } from '@overskill/protocol'
import { DiffLines } from '../ui/diff-lines.tsx'
import { planItems } from './plan-items.ts'
import { PlanList } from './plan-list.tsx'
import { conversationWords } from './strings.ts'
import { isFailed, isOpen } from './tool-words.ts'

type ToolDetailProps = { call: ToolCall; field: (name: string) => string | undefined }

/** More than this is in Code; a row is a glance. */
const shownLines = 400

/** What stands behind a row: the content or change while and after it is written, then what the model was told. */
export function ToolDetail({ call, field }: ToolDetailProps) {
  const content = field('content')
  const oldText = field('old_string')
  const newText = field('new_string')
  const plan = planItems(call)
  const shown = content !== undefined || oldText !== undefined || plan.length > 0
  return (
    <div className="mx-2 mb-2 ms-8 overflow-hidden rounded-control border border-hairline bg-sunken">
      {isFailed(call) && (
        <p className="border-b border-hairline bg-danger-wash px-3 py-1.5 text-12 wrap-anywhere">
          {call.error && <code className="mr-2">{call.error.code}</code>}
          {call.error?.message}
        </p>
      )}
      {content !== undefined && <Content text={content} growing={isOpen(call)} />}
      {oldText !== undefined && (
        <div className="max-h-80 relative overflow-y-auto">
          <DiffLines patch={asPatch(oldText, newText ?? '')} />
        </div>
      )}
      {plan.length > 0 && <PlanList items={plan} />}
      {call.result !== undefined && <Told text={call.result} alone={!shown} />}
      {!shown && call.result === undefined && (
        <p className="px-3 py-1.5 text-12 text-muted">{conversationWords.statuses[call.status]}</p>
      )}
    </div>
  )
}

const asPatch = (oldText: string, newText: string): string =>
  [
    ...oldText.split('\n').map((line) => `-${line}`),
    ...(newText ? newText.split('\n').map((line) => `+${line}`) : []),
  ].join('\n')

/** A file's text: its end while it grows, its beginning when it is whole. */
function Content({ text, growing }: { text: string; growing: boolean }) {
  const lines = text.split('\n')
  const hidden = Math.max(0, lines.length - shownLines)
  const shown = growing ? lines.slice(-shownLines) : lines.slice(0, shownLines)
  return (
    // Reversed, so that a browser keeps the end in view while it grows, and leaves it alone once one has scrolled.
    <div
      className={growing ? 'flex max-h-80 flex-col-reverse relative overflow-auto' : 'max-h-80 relative overflow-auto'}
      tabIndex={0}
    >
      <div>
        {growing && hidden > 0 && (
          <p className="px-3 pt-1.5 text-12 text-muted">{conversationWords.earlierLines(hidden)}</p>
        )}
        <pre dir="ltr" className="w-fit min-w-full px-3 py-1.5 text-12 leading-5">
          {shown.join('\n')}
        </pre>
        {!growing && hidden > 0 && (
          <p className="px-3 pb-1.5 text-12 text-muted">{conversationWords.cutHere(hidden)}</p>
        )}
      </div>
    </div>
  )
}

/** The result as the model read it. */
const Told = ({ text, alone }: { text: string; alone: boolean }) =>
  alone ? (
    <ResultText text={text} />
  ) : (
    <details className="border-t border-hairline">
      <summary className="cursor-pointer px-3 py-1 text-12 text-muted hover:text-ink">{conversationWords.told}</summary>
      <ResultText text={text} />
    </details>
  )

const ResultText = ({ text }: { text: string }) => (
  <pre
    tabIndex={0}
    dir="ltr"
    className="max-h-80 relative overflow-auto px-3 py-1.5 text-12 leading-5 whitespace-pre-wrap"
  >
    {text}
  </pre>
)
