import { ArrowDown } from 'lucide-react'
import { useMemo, useState } from 'react'
import { useMessages, useTurns } from '../editor/app-context.tsx'
import { Button } from '../ui/button.tsx'
import { IconButton } from '../ui/icon-button.tsx'
import { exchangesOf } from './exchanges.ts'
import { ExchangeView } from './exchange-view.tsx'
import { conversationWords } from './strings.ts'
import { useStickToBottom } from './use-stick-to-bottom.ts'

/** A long conversation is drawn from its end; so many turns at a time are added above. */
const pageTurns = 30

/** Everything said and done, newest last. It follows what streams only while its end is in view. */
export function ConversationView() {
  const messages = useMessages()
  const turns = useTurns()
  const exchanges = useMemo(() => exchangesOf(messages, turns), [messages, turns])
  const [drawn, setDrawn] = useState(pageTurns)
  const earlier = Math.max(0, exchanges.length - drawn)
  const { scroller, content, atBottom, toBottom, growAbove } = useStickToBottom()
  return (
    <div className="relative min-h-0 flex-1">
      <div
        ref={scroller}
        tabIndex={0}
        role="log"
        aria-label={conversationWords.label}
        aria-live="off"
        className="h-full relative overflow-y-auto overscroll-contain px-4 py-4"
      >
        <div ref={content} className="space-y-6">
          {exchanges.length === 0 && <p className="text-muted">{conversationWords.empty}</p>}
          {earlier > 0 && (
            <Button onClick={() => growAbove(() => setDrawn(drawn + pageTurns))}>
              {conversationWords.earlierTurns(earlier)}
            </Button>
          )}
          {exchanges.slice(earlier).map((exchange) => (
            <ExchangeView key={exchange.turn} exchange={exchange} last={exchange === exchanges.at(-1)} />
          ))}
        </div>
      </div>
      {!atBottom && (
        <div className="absolute inset-x-0 bottom-2 flex justify-center">
          <IconButton
            label={conversationWords.toBottom}
            tone="plain"
            className="rounded-full shadow-float"
            onClick={toBottom}
          >
            <ArrowDown />
          </IconButton>
        </div>
      )}
    </div>
  )
}
