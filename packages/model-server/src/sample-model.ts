import { startMessagesServer, type MessagesServer } from './messages-server.ts'
import { message, ping, type ReplyPart } from './reply.ts'
import { sampleReply } from './sample/answer.ts'
import { messagesWire } from './wire.ts'
import type { WireStep } from './wire-steps.ts'

/** How fast the sample model speaks: as fast as the socket takes it, at 6,000 characters a second, or at 360 like a large model. */
export type Pace = 'instant' | 'fast' | 'realistic'

/** Ids that the sample model answers to. It answers to any other as well. */
export const sampleModelId = 'sample-1'

/**
 * Starts the sample model: a server that speaks the Messages wire and answers by matching keywords to hand-written apps.
 * It keeps nothing between requests, and the same request gets the same bytes.
 */
export function startSampleModel({ pace = 'fast' }: { pace?: Pace } = {}): Promise<MessagesServer> {
  return startMessagesServer({
    wire: messagesWire,
    models: [sampleModelId],
    strict: false,
    pace: pace === 'instant' ? (steps) => steps : (steps) => paced(steps, charactersPerSecond[pace]),
    reply: ({ body }) => message([ping(), ...sampleReply(body).map(inSmallPieces)]),
  })
}

const charactersPerSecond = { fast: 6_000, realistic: 360 }
const tickMs = 20

/** Deltas of 5 to 12 characters, as measured on the real wire (AGENT.md A.2). */
const pieceSizes = [7, 5, 12, 8, 10, 6, 9, 11]

const inSmallPieces = (part: ReplyPart): ReplyPart =>
  part.part === 'text' || part.part === 'tool' ? { ...part, chunkSize: pieceSizes } : part

/** Waits a tick whenever a tick's worth of characters has gone out. */
function* paced(steps: Iterable<WireStep>, perSecond: number): Generator<WireStep> {
  const perTick = (perSecond * tickMs) / 1000
  let sent = 0
  for (const step of steps) {
    if (step.do === 'event' && step.event.type === 'content_block_delta') sent += charactersIn(step.event['delta'])
    if (sent >= perTick) {
      const ticks = Math.floor(sent / perTick)
      sent -= ticks * perTick
      yield { do: 'wait', until: (signal) => pause(ticks * tickMs, signal) }
    }
    yield step
  }
}

function charactersIn(delta: unknown): number {
  const { text, partial_json: json } = delta as { text?: string; partial_json?: string }
  return (text ?? json ?? '').length
}

const pause = (ms: number, signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    const end = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    signal.addEventListener('abort', end)
  })
