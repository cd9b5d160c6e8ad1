import type { Mode } from '@overskill/protocol'
import { ArrowUp, Square } from 'lucide-react'
import { useRef, useState, type KeyboardEvent, type MouseEvent, type RefObject } from 'react'
import { runningTurn } from '../conversation/exchanges.ts'
import { useStopTurn } from '../conversation/use-app-actions.ts'
import { useApp, useAppState, useMessages } from '../editor/app-context.tsx'
import { usePatchApp } from '../editor/use-patch-app.ts'
import { ModeSelect } from '../models/mode-select.tsx'
import { ModelSelect } from '../models/model-select.tsx'
import { GrowingTextarea } from '../ui/growing-textarea.tsx'
import { IconButton } from '../ui/icon-button.tsx'
import { useKept } from '../ui/kept.ts'
import { ProblemNote } from '../ui/problem-note.tsx'
import { Spinner } from '../ui/spinner.tsx'
import { NextTurnCost } from './next-turn-cost.tsx'
import { QueuedMessages } from './queued-messages.tsx'
import { composerWords } from './strings.ts'
import { useSendText } from './use-send-text.ts'

/** Where a person speaks to the app: Enter sends, or queues while a turn runs; Shift Enter breaks the line. */
export function Composer({ field }: { field: RefObject<HTMLTextAreaElement | null> }) {
  const app = useApp()
  const [text, setText] = useKept(`draft.${app.id}`, '')
  const [mode, setMode] = useState<Mode>('build')
  const first = useMessages().length === 0
  const latest = useRef(text)
  const change = (value: string): void => {
    latest.current = value
    setText(value)
  }
  const { send, error, sending } = useSendText((refused) =>
    change([refused, latest.current].filter(Boolean).join('\n')),
  )

  const submit = (): void => {
    const said = text.trim()
    if (said === '') return
    change('')
    send({ text: said, mode })
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return
    event.preventDefault()
    submit()
  }
  return (
    <div className="border-t border-hairline px-3 pt-3 pb-3">
      <QueuedMessages field={field} onKeep={(kept) => change([latest.current, kept].filter(Boolean).join('\n'))} />
      <Sending texts={sending} />
      {error && <ProblemNote error={error} className="mb-2" />}
      <form
        className="rounded-panel border border-control bg-panel transition-colors focus-within:border-ink"
        onSubmit={(event) => {
          event.preventDefault()
          submit()
        }}
      >
        <GrowingTextarea
          ref={field}
          aria-label={composerWords.label}
          placeholder={first ? composerWords.placeholderFirst : composerWords.placeholder}
          value={text}
          lines={[2, 12]}
          className="box-content w-auto px-3 pt-2.5 pb-1 focus-visible:outline-none"
          onChange={(event) => change(event.target.value)}
          onKeyDown={onKeyDown}
        />
        <div className="flex items-center gap-0.5 p-1.5">
          <ModeSelect value={mode} onChange={setMode} />
          <AppModel />
          <SendOrStop ready={text.trim() !== ''} field={field} />
        </div>
      </form>
      <NextTurnCost mode={mode} />
    </div>
  )
}

/** What is on its way to the server; on a usual connection nobody ever sees it. */
const Sending = ({ texts }: { texts: readonly string[] }) =>
  texts.map((text, place) => (
    <p key={place} className="mb-2 flex animate-late items-center gap-2 px-1 text-13 text-muted">
      <Spinner />
      <span className="truncate">{text}</span>
    </p>
  ))

/** The app's model; a change counts from the next turn. */
function AppModel() {
  const { shown, patch } = usePatchApp()
  return <ModelSelect value={shown.model} onChange={(model) => patch({ model })} />
}

/** Stop takes Send's place while a turn runs; with a text typed, both are there: Send queues. */
function SendOrStop({ ready, field }: { ready: boolean; field: RefObject<HTMLTextAreaElement | null> }) {
  const running = useAppState((state) => runningTurn(state.snapshot.conversation.turns)?.id)
  const stop = useStopTurn()
  const stopping = (stop.isPending || stop.isSuccess) && stop.variables === running
  const onStop = (event: MouseEvent): void => {
    if (stopping || running === undefined) return
    stop.mutate(running)
    if (event.detail === 0) field.current?.focus() // by a key, which would lose its place with the button
  }
  return (
    <span className="ml-auto flex gap-1">
      {running !== undefined && (
        <IconButton
          label={stopping ? composerWords.stopping : composerWords.stop}
          tone="plain"
          aria-disabled={stopping}
          onClick={onStop}
        >
          <Square className="fill-current" />
        </IconButton>
      )}
      {(running === undefined || ready) && (
        <IconButton
          type="submit"
          label={running === undefined ? composerWords.send : composerWords.queue}
          keys="↵"
          tone={running === undefined ? 'primary' : 'plain'}
          disabled={!ready}
        >
          <ArrowUp />
        </IconButton>
      )}
    </span>
  )
}
