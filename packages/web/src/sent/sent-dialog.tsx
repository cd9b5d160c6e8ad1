import { promptTokens, type SentRequest, type Turn } from '@overskill/protocol'
import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { sentQuery } from '../api/queries.ts'
import { useApp } from '../editor/app-context.tsx'
import { Button } from '../ui/button.tsx'
import { CopyButton } from '../ui/copy-button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import { Select } from '../ui/select.tsx'
import { Spinner } from '../ui/spinner.tsx'
import { words } from '../ui/strings.ts'
import { LongText } from './long-text.tsx'
import { PartList } from './part-list.tsx'
import { roughTokens, partsOf } from './request-parts.ts'
import { sentWords } from './strings.ts'

/** Opens what was sent to the model in a turn, also while it runs. */
export function SentButton({ turn }: { turn: Turn }) {
  const [open, setOpen] = useState(false)
  return (
    <>
      <Button size="small" tone="quiet" className="-ml-2" aria-haspopup="dialog" onClick={() => setOpen(true)}>
        {sentWords.open}
      </Button>
      <Dialog wide open={open} onClose={() => setOpen(false)} title={sentWords.title}>
        <SentSteps turn={turn} />
      </Dialog>
    </>
  )
}

function SentSteps({ turn }: { turn: Turn }) {
  const app = useApp().id
  const [step, setStep] = useState(turn.steps)
  const [raw, setRaw] = useState(false)
  // What a request used is known when its reply has ended: then it is asked for once more.
  const ended = step < turn.steps || turn.status !== 'running'
  const sent = useQuery(sentQuery(app, turn.id, step, ended))
  const steps = Array.from({ length: turn.steps }, (_, index) => index + 1)
  return (
    <>
      <div className="flex flex-wrap items-center gap-2">
        <Select aria-label={sentWords.step} value={step} onChange={(event) => setStep(Number(event.target.value))}>
          {steps.map((each) => (
            <option key={each} value={each}>
              {sentWords.stepOf(each, turn.steps)}
            </option>
          ))}
        </Select>
        <span role="group" aria-label={sentWords.views} className="ml-auto flex gap-1">
          <Button aria-pressed={!raw} tone={raw ? 'quiet' : 'plain'} onClick={() => setRaw(false)}>
            {sentWords.byPart}
          </Button>
          <Button aria-pressed={raw} tone={raw ? 'plain' : 'quiet'} onClick={() => setRaw(true)}>
            {sentWords.raw}
          </Button>
        </span>
      </div>
      {sent.error && (
        <ProblemNote error={sent.error} className="mt-3">
          <Button onClick={() => void sent.refetch()}>{words.retry}</Button>
        </ProblemNote>
      )}
      {sent.isPending && (
        <p role="status" className="mt-3 flex items-center gap-2 text-muted">
          <Spinner />
          {words.loading}
        </p>
      )}
      {sent.data && <Counts sent={sent.data} />}
      {sent.data && (raw ? <Raw sent={sent.data} /> : <PartList key={step} sent={sent.data} />)}
    </>
  )
}

/** What the provider counted. */
function Counts({ sent: { usage, tries, request } }: { sent: SentRequest }) {
  const figure = (count: number): string => count.toLocaleString('en')
  return (
    <div className="mt-2 text-13 text-muted tabular-nums">
      <p>
        {usage
          ? sentWords.counted(
              figure(promptTokens(usage)),
              figure(usage.cacheReadTokens),
              figure(usage.cacheWriteTokens),
              figure(usage.outputTokens),
            )
          : sentWords.estimated(figure(roughTokens(partsOf(request).parts)))}
      </p>
      {tries > 1 && <p>{sentWords.tries(tries)}</p>}
    </div>
  )
}

function Raw({ sent: { request } }: { sent: SentRequest }) {
  const text = useMemo(() => JSON.stringify(request, null, 2), [request])
  return (
    <div className="mt-3">
      <CopyButton text={JSON.stringify(request)} label={sentWords.copy} />
      <LongText text={text} label={sentWords.raw} />
    </div>
  )
}
