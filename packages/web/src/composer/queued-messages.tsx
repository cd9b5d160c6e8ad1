import type { UserMessage } from '@overskill/protocol'
import { useState, type RefObject } from 'react'
import { useMessages } from '../editor/app-context.tsx'
import { QueuedEdit } from './queued-edit.tsx'
import { QueuedMessage } from './queued-message.tsx'
import { composerWords } from './strings.ts'
import { useKeptFocus } from './use-kept-focus.ts'
import { useQueueOrder } from './use-queue-order.ts'

type QueuedMessagesProps = {
  /** Gets the focus when the last one is gone. */
  field: RefObject<HTMLTextAreaElement | null>
  /** Takes what was typed into a message that does not wait any more. */
  onKeep: (text: string) => void
}

/** What waits for the running turn to end: can be edited, removed, sent at once, put in another order. */
export function QueuedMessages({ field, onKeep }: QueuedMessagesProps) {
  const messages = useMessages()
  const { shown, said, move, forget } = useQueueOrder(messages)
  const [edited, setEdited] = useState<UserMessage>()
  const focus = useKeptFocus(field)
  const isGone = edited !== undefined && !shown.some(({ id }) => id === edited.id)
  const rows = isGone ? [edited, ...shown] : shown
  if (rows.length === 0) return null
  return (
    <section className="mb-2" aria-label={composerWords.queued}>
      <h2 className="px-1 pb-1 text-12 text-muted">{composerWords.queued}</h2>
      <ol className="max-h-48 space-y-1 relative overflow-y-auto" {...focus}>
        {rows.map((message, place) =>
          message.id === edited?.id ? (
            <QueuedEdit
              key={message.id}
              told={messages.find((one): one is UserMessage => one.id === message.id && one.role === 'user')}
              {...{ message, isGone, onKeep }}
              onClose={() => setEdited(undefined)}
            />
          ) : (
            <QueuedMessage
              key={message.id}
              {...{ message, place: isGone ? place - 1 : place, count: shown.length }}
              onMove={(by) => move(message, by)}
              onRemoved={() => forget(message)}
              onEdit={() => setEdited(message)}
            />
          ),
        )}
      </ol>
      <p role="status" className="sr-only">
        {said}
      </p>
    </section>
  )
}
