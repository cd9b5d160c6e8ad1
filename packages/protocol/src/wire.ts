import { AppEvent } from './events.ts'

/** How an event travels in `text/event-stream`: the name in `event:`, the rest in `data:` (API.md "Events"). */
export type WireEvent = { id: number; event: string; data: Record<string, unknown> }

/** In an event, a block's sort is `kind`, because `type` is the event's own name; on the wire it is called `type`. */
export function toWire({ type, ...rest }: AppEvent): WireEvent {
  if ('kind' in rest) {
    const { kind, ...data } = rest
    return { id: rest.seq, event: type, data: { ...data, type: kind } }
  }
  return { id: rest.seq, event: type, data: rest }
}

/** The event that a stream's `event:` and `data:` say, or undefined for one that this program does not know. */
export function fromWire(event: string, data: string): AppEvent | undefined {
  const { type: kind, ...rest } = JSON.parse(data) as Record<string, unknown>
  const parsed = AppEvent.safeParse(
    event.startsWith('block.') ? { ...rest, type: event, kind } : { ...rest, type: event },
  )
  return parsed.success ? parsed.data : undefined
}
