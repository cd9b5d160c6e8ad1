import { contract, type UserMessage } from '@overskill/protocol'
import { useMutation } from '@tanstack/react-query'
import { useState, type KeyboardEvent } from 'react'
import { call } from '../api/call.ts'
import { useApp } from '../editor/app-context.tsx'
import { Button } from '../ui/button.tsx'
import { GrowingTextarea } from '../ui/growing-textarea.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import { words } from '../ui/strings.ts'
import { composerWords } from './strings.ts'

/** A queued message being rewritten. */
export function QueuedEdit({ message, onClose }: { message: UserMessage; onClose: () => void }) {
  const app = useApp().id
  const [text, setText] = useState(message.text)
  const save = useMutation({
    mutationFn: (wanted: string) => call(contract.messages.patch, { app, message: message.id, text: wanted }),
    onSuccess: onClose,
  })
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing) return
    if (event.key === 'Escape') {
      event.stopPropagation()
      onClose()
    } else if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault()
      if (text.trim()) save.mutate(text.trim())
    }
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
      {save.error && <ProblemNote error={save.error} className="my-1" />}
      <div className="mt-1 flex justify-end gap-1">
        <Button size="small" tone="quiet" onClick={onClose}>
          {words.cancel}
        </Button>
        <Button size="small" disabled={!text.trim() || save.isPending} onClick={() => save.mutate(text.trim())}>
          {composerWords.save}
        </Button>
      </div>
    </li>
  )
}
