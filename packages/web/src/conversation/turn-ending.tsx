import { promptTokens, type NoticeAction, type TurnErrorCode } from '@overskill/protocol'
import { useState } from 'react'
import { useAppState } from '../editor/app-context.tsx'
import type { Retrying } from '../editor/app-state.ts'
import { useNow } from '../ui/clock.tsx'
import { Spinner } from '../ui/spinner.tsx'
import { saidIn, type Exchange } from './exchanges.ts'
import { NoticeBlock } from './notice-block.tsx'
import { conversationWords } from './strings.ts'
import { TurnCost } from './turn-cost.tsx'

/** What helps after each way a turn can fail. */
const nextSteps: Record<TurnErrorCode, NoticeAction[]> = {
  model_unreachable: ['retry', 'settings'],
  model_key_rejected: ['settings', 'retry'],
  model_not_found: ['model', 'settings', 'retry'],
  model_billing: ['settings', 'retry'],
  model_busy: ['retry'],
  model_refused: ['model'],
  model_protocol: ['retry'],
  model_too_long: ['model'],
  interrupted: ['continue', 'retry'],
  limit_reached: ['limits', 'continue'],
  loop: ['continue', 'restore'],
  output_limit: ['continue'],
  timeout: ['continue', 'retry'],
  internal: ['retry'],
}

/** How a turn stands or ended, below its blocks; nothing when the blocks say it all. */
export function TurnEnding({ exchange, active }: { exchange: Exchange; active: boolean }) {
  const { state, assistant } = exchange
  const said = saidIn(exchange)
  if (!state) return null
  if (state.status === 'running' || state.status === 'queued') {
    return (
      <>
        <TurnWaiting exchange={exchange} />
        {promptTokens(state.usage) > 0 && (
          <p className="text-12 text-muted">
            <TurnCost turn={state} />
          </p>
        )}
      </>
    )
  }
  const blocks = assistant?.blocks ?? []
  const hasVersion = blocks.some((block) => block?.type === 'version')
  // The server may have said the same as a notice with its own buttons: it is not said twice.
  const noticed = blocks.some((block) => block?.type === 'notice' && block.level === 'error')
  return (
    <>
      {state.status === 'failed' && state.error && !noticed && (
        <NoticeBlock
          notice={{ level: 'error', text: state.error.message, actions: nextSteps[state.error.code] }}
          detail={state.error.detail}
          said={said}
          active={active}
        />
      )}
      {state.status === 'stopped' && (
        <NoticeBlock
          notice={{
            level: 'info',
            text: assistant ? conversationWords.stopped : conversationWords.stoppedBeforeStart,
            actions: assistant ? ['continue', 'retry'] : ['retry'],
          }}
          said={said}
          active={active}
        />
      )}
      {!hasVersion && state.steps > 0 && (
        <p className="text-12 text-muted">
          <TurnCost turn={state} />
        </p>
      )}
    </>
  )
}

/** Why it is tried again, and in how many seconds, counted from when this page heard of it. */
function RetryCountdown({ retrying }: { retrying: Retrying }) {
  const [start] = useState(Date.now)
  const seconds = Math.ceil((retrying.waitMs - (useNow(250) - start)) / 1000)
  return conversationWords.retrying(retrying.reason, retrying.attempt, retrying.of, seconds)
}

/** While nothing of the answer grows: what is being waited for. */
function TurnWaiting({ exchange }: { exchange: Exchange }) {
  const retrying = useAppState((state) => state.retrying)
  const last = exchange.assistant?.blocks.at(-1)
  const grows = last !== undefined && (last.type === 'tools' ? last.status === 'running' : 'done' in last && !last.done)
  // What is left to do then is said by the version's card.
  if ((grows || last?.type === 'version') && !retrying) return null
  const text =
    retrying && retrying.turn === exchange.turn ? (
      <RetryCountdown key={retrying.attempt} retrying={retrying} />
    ) : exchange.state?.status === 'queued' ? (
      conversationWords.queuedTurn
    ) : (
      conversationWords.waiting
    )
  return (
    <p className="flex min-h-7 items-center gap-2 text-13 text-muted">
      <Spinner />
      {text}
    </p>
  )
}
