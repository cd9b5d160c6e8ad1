import { contract, type UserMessage } from '@overskill/protocol'
import { useMutation } from '@tanstack/react-query'
import { ArrowDown, ArrowUp, CornerDownLeft, Pencil, X } from 'lucide-react'
import type { KeyboardEvent } from 'react'
import { call } from '../api/call.ts'
import { problemOf } from '../api/problem.ts'
import { useApp } from '../editor/app-context.tsx'
import { IconButton } from '../ui/icon-button.tsx'
import { earlierKeys, laterKeys } from '../ui/keys.ts'
import { toast } from '../ui/toasts.tsx'
import { composerWords } from './strings.ts'

type QueuedMessageProps = {
  message: UserMessage
  place: number
  count: number
  onMove: (by: -1 | 1) => void
  onEdit: () => void
  onRemoved: () => void
}

const sayProblem = (error: unknown): void => toast(problemOf(error).detail, { tone: 'problem' })

/** One message that waits. Alt and an arrow key move it, wherever in its row the focus is. */
export function QueuedMessage({ message, place, count, onMove, onEdit, onRemoved }: QueuedMessageProps) {
  const inApp = { app: useApp().id, message: message.id }
  const remove = useMutation({
    mutationFn: () => call(contract.messages.remove, inApp),
    onSuccess: onRemoved,
    onError: sayProblem,
  })
  const now = useMutation({ mutationFn: () => call(contract.messages.now, inApp), onError: sayProblem })
  const onKeyDown = (event: KeyboardEvent): void => {
    const by = { ArrowUp: -1 as const, ArrowDown: 1 as const }[event.key]
    if (!event.altKey || by === undefined) return
    event.preventDefault()
    onMove(by)
  }
  return (
    <li
      className="flex items-center gap-0.5 rounded-control border border-hairline bg-panel py-0.5 pr-0.5 pl-2.5"
      onKeyDown={onKeyDown}
    >
      <span dir="auto" className="min-w-0 flex-1 truncate text-13" title={message.text}>
        {message.text}
      </span>
      {count > 1 && <MoveButtons isFirst={place === 0} isLast={place === count - 1} onMove={onMove} />}
      <IconButton size="icon-small" label={composerWords.edit} onClick={onEdit}>
        <Pencil />
      </IconButton>
      <IconButton
        size="icon-small"
        label={composerWords.now}
        keys={composerWords.nowHint}
        aria-disabled={now.isPending}
        onClick={() => now.isPending || now.mutate()}
      >
        <CornerDownLeft />
      </IconButton>
      <IconButton
        size="icon-small"
        label={composerWords.remove}
        aria-disabled={remove.isPending}
        onClick={() => remove.isPending || remove.mutate()}
      >
        <X />
      </IconButton>
    </li>
  )
}

type MoveButtonsProps = { isFirst: boolean; isLast: boolean; onMove: (by: -1 | 1) => void }

/** At an end of the queue a button stays where the focus is, and says that it does nothing. */
const MoveButtons = ({ isFirst, isLast, onMove }: MoveButtonsProps) => (
  <>
    <IconButton
      size="icon-small"
      label={composerWords.up}
      keys={earlierKeys}
      aria-disabled={isFirst}
      onClick={() => onMove(-1)}
    >
      <ArrowUp />
    </IconButton>
    <IconButton
      size="icon-small"
      label={composerWords.down}
      keys={laterKeys}
      aria-disabled={isLast}
      onClick={() => onMove(1)}
    >
      <ArrowDown />
    </IconButton>
  </>
)
