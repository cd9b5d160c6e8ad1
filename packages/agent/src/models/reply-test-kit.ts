import { user } from '../agent-test-kit.ts'
import type { Model, ModelEvent, ModelFault, ModelRequest } from '../model.ts'
import { parseJson } from './json-value.ts'
import type { ReplyAssembly } from './reply-stream.ts'
import { readSse } from './sse-reader.ts'

/** What tests of both adapters ask, and how they read what came. */

export const request: ModelRequest = { system: 'S', tools: [], history: [user('Hello')], maxTokens: 1000 }

/** All events of one request. */
export async function collectReply(model: Model, signal = new AbortController().signal): Promise<ModelEvent[]> {
  const events: ModelEvent[] = []
  for await (const one of model.stream(request, signal)) events.push(one)
  return events
}

export const faultOf = (events: readonly ModelEvent[]): ModelFault | undefined => {
  const last = events.at(-1)
  return last?.type === 'end' && !last.outcome.ok ? last.outcome.fault : undefined
}
export const stopOf = (events: readonly ModelEvent[]) => {
  const last = events.at(-1)
  return last?.type === 'end' && last.outcome.ok ? last.outcome.stop : undefined
}
export const blocks = (events: readonly ModelEvent[]) =>
  events.flatMap((one) => (one.type === 'block.stopped' ? [one.block] : []))
export const usage = (events: readonly ModelEvent[]) => events.findLast((one) => one.type === 'usage')?.usage

/** The events of a stream that comes in pieces, as both adapters read it. */
function eventsOf(pieces: readonly Uint8Array[], reply: ReplyAssembly): string {
  const sse = readSse(1e6)
  const read = pieces.flatMap((piece) => {
    const events = sse.push(piece)
    return events === 'too_long' ? [] : events
  })
  return JSON.stringify(read.flatMap(({ data }) => (data === '[DONE]' ? reply.done() : reply.push(parseJson(data)))))
}

/** The places at which a split of the stream gives other events than the whole; 'every byte' for all of them at once. */
export function splitsThatDiffer(all: Uint8Array, begin: () => ReplyAssembly): (number | 'every byte')[] {
  const whole = eventsOf([all], begin())
  const inBytes = eventsOf(
    Array.from(all, (byte) => Uint8Array.of(byte)),
    begin(),
  )
  const places = Array.from({ length: all.length - 1 }, (_, i) => i + 1)
  const differ = places.filter((at) => eventsOf([all.subarray(0, at), all.subarray(at)], begin()) !== whole)
  return inBytes === whole ? differ : ['every byte', ...differ]
}
