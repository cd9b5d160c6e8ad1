import { contract, type UserMessage } from '@overskill/protocol'
import { useMutation } from '@tanstack/react-query'
import { ArrowDown, ArrowUp, CornerDownLeft, Pencil, X } from 'lucide-react'
import { useMemo, useState } from 'react'
import { call } from '../api/call.ts'
import { problemOf } from '../api/problem.ts'
import { queuedOf } from '../conversation/exchanges.ts'
import { useApp, useMessages } from '../editor/app-context.tsx'
import { IconButton } from '../ui/icon-button.tsx'
import { toast } from '../ui/toasts.tsx'
import { QueuedEdit } from './queued-edit.tsx'
import { composerWords } from './strings.ts'

const sayProblem = (error: unknown): void => toast(problemOf(error).detail, { tone: 'problem' })

/** What waits for the running turn to end: can be edited, removed, sent at once, put in another order. */
export function QueuedMessages() {
  const messages = useMessages()
  const queued = useMemo(() => queuedOf(messages), [messages])
  if (queued.length === 0) return null
  return (
    <section className="mb-2" aria-label={composerWords.queued}>
      <h2 className="px-1 pb-1 text-12 text-muted">{composerWords.queued}</h2>
      <ol className="max-h-48 space-y-1 relative overflow-y-auto">
        {queued.map((message, place) => (
          <QueuedMessage key={message.id} message={message} place={place} queue={queued} />
        ))}
      </ol>
    </section>
  )
}

type QueuedMessageProps = { message: UserMessage; place: number; queue: UserMessage[] }

function QueuedMessage({ message, place, queue }: QueuedMessageProps) {
  const app = useApp().id
  const [editing, setEditing] = useState(false)
  const inApp = { app, message: message.id }
  const remove = useMutation({ mutationFn: () => call(contract.messages.remove, inApp), onError: sayProblem })
  const now = useMutation({ mutationFn: () => call(contract.messages.now, inApp), onError: sayProblem })
  const order = useMutation({
    mutationFn: (messages: string[]) => call(contract.messages.order, { app, messages }),
    onError: sayProblem,
  })
  const moveTo = (to: number): void => {
    const ids = queue.map((one) => one.id).filter((id) => id !== message.id)
    order.mutate(ids.toSpliced(to, 0, message.id))
  }
  if (editing) return <QueuedEdit message={message} onClose={() => setEditing(false)} />
  return (
    <li className="flex items-center gap-0.5 rounded-control border border-hairline bg-panel py-0.5 pr-0.5 pl-2.5">
      <span dir="auto" className="min-w-0 flex-1 truncate text-13" title={message.text}>
        {message.text}
      </span>
      {queue.length > 1 && (
        <>
          <IconButton
            size="icon-small"
            label={composerWords.up}
            disabled={place === 0}
            onClick={() => moveTo(place - 1)}
          >
            <ArrowUp />
          </IconButton>
          <IconButton
            size="icon-small"
            label={composerWords.down}
            disabled={place === queue.length - 1}
            onClick={() => moveTo(place + 1)}
          >
            <ArrowDown />
          </IconButton>
        </>
      )}
      <IconButton size="icon-small" label={composerWords.edit} onClick={() => setEditing(true)}>
        <Pencil />
      </IconButton>
      <IconButton
        size="icon-small"
        label={composerWords.now}
        keys={composerWords.nowHint}
        disabled={now.isPending}
        onClick={() => now.mutate()}
      >
        <CornerDownLeft />
      </IconButton>
      <IconButton
        size="icon-small"
        label={composerWords.remove}
        disabled={remove.isPending}
        onClick={() => remove.mutate()}
      >
        <X />
      </IconButton>
    </li>
  )
}
