import { useMemo, useState, type RefObject } from 'react'
import { queuedOf } from '../conversation/exchanges.ts'
import { useMessages } from '../editor/app-context.tsx'
import { QueuedEdit } from './queued-edit.tsx'
import { QueuedMessage } from './queued-message.tsx'
import { composerWords } from './strings.ts'
import { useKeptFocus } from './use-kept-focus.ts'
import { useQueueOrder } from './use-queue-order.ts'

/**
 * What waits for the running turn to end: can be edited, removed, sent at once, put in another order. `field` gets the focus
 * when the last one is gone.
 */
export function QueuedMessages({ field }: { field: RefObject<HTMLTextAreaElement | null> }) {
  const messages = useMessages()
  const queued = useMemo(() => queuedOf(messages), [messages])
  const { shown, said, move } = useQueueOrder(queued)
  const [edited, setEdited] = useState<string>()
  const focus = useKeptFocus(field)
  if (shown.length === 0) return null
  return (
    <section className="mb-2" aria-label={composerWords.queued}>
      <h2 className="px-1 pb-1 text-12 text-muted">{composerWords.queued}</h2>
      <ol className="max-h-48 space-y-1 relative overflow-y-auto" {...focus}>
        {shown.map((message, place) =>
          message.id === edited ? (
            <QueuedEdit key={message.id} message={message} onClose={() => setEdited(undefined)} />
          ) : (
            <QueuedMessage
              key={message.id}
              {...{ message, place, count: shown.length }}
              onMove={(by) => move(message, by)}
              onEdit={() => setEdited(message.id)}
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
