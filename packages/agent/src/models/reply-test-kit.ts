import { user } from '../agent-test-kit.ts'
import type { Model, ModelEvent, ModelFault, ModelRequest } from '../model.ts'

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
