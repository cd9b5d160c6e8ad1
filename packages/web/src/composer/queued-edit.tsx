import { contract, type UserMessage } from '@overskill/protocol'
import { useMutation } from '@tanstack/react-query'
import { useEffect, useEffectEvent, useState, type KeyboardEvent } from 'react'
import { call } from '../api/call.ts'
import { useApp } from '../editor/app-context.tsx'
import { Button } from '../ui/button.tsx'
import { GrowingTextarea } from '../ui/growing-textarea.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import { words } from '../ui/strings.ts'
import { composerWords } from './strings.ts'

type QueuedEditProps = {
  /** As it was when the editing began. */
  message: UserMessage
  /** As it is told now; undefined once it is removed. */
  told: UserMessage | undefined
  /** It does not wait any more: its turn has started, or another tab removed it. */
  isGone: boolean
  onKeep: (text: string) => void
  onClose: () => void
}

/** A queued message being rewritten. It closes once the stream has told the new text; what came too late is never lost. */
export function QueuedEdit({ message, told, isGone, onKeep, onClose }: QueuedEditProps) {
  const app = useApp().id
  const [text, setText] = useState(message.text)
  const { mutate, data, error, isPending } = useMutation({
    mutationFn: (wanted: string) => call(contract.messages.patch, { app, message: message.id, text: wanted }),
  })
  const close = useEffectEvent(onClose)
  const isTold = data !== undefined && told?.text === data.message.text
  useEffect(() => {
    if (isTold) close()
  }, [isTold])
  const canSave = text.trim() !== '' && !isPending && !isGone
  const save = (): void => {
    if (canSave) mutate(text.trim())
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing) return
    if (event.key === 'Escape') {
      event.stopPropagation()
      onClose()
    } else if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault()
      save()
    }
  }
  const keep = (): void => {
    onKeep(text.trim())
    onClose()
  }
  return (
    <li className="rounded-control border border-control bg-panel p-1.5">
      <GrowingTextarea
        autoFocus
        aria-label={composerWords.edit}
        lines={[1, 6]}
        value={text}
        className="box-content w-auto px-1 py-0.5 text-13 focus-visible:outline-none"
        onChange={(event) => setText(event.target.value)}
        onKeyDown={onKeyDown}
      />
      {isGone ? (
        <p role="status" className="my-1 px-1 text-13 text-muted">
          {told ? composerWords.started : composerWords.removed}
        </p>
      ) : (
        error && <ProblemNote error={error} className="my-1" />
      )}
      <div className="mt-1 flex justify-end gap-1">
        <Button size="small" tone="quiet" onClick={onClose}>
          {words.cancel}
        </Button>
        {isGone ? (
          <Button size="small" disabled={text.trim() === ''} onClick={keep}>
            {composerWords.keep}
          </Button>
        ) : (
          <Button size="small" disabled={!canSave} onClick={save}>
            {composerWords.save}
          </Button>
        )}
      </div>
    </li>
  )
}
