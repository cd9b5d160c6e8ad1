import type { ConnectionStep, ConnectionTest } from '@overskill/protocol'
import type { HistoryEntry, Model, ModelEvent, ModelFault, ModelRequest, RawBlock } from '../model.ts'
import type { ModelProvider } from './model-provider.ts'
import { isObject, textOf } from './json-value.ts'
import { isTakenBack } from '../step-history.ts'

/** A local server may have to load the model first. */
const limitMs = 120_000

const word = 'lighthouse'

const request: Omit<ModelRequest, 'history'> = {
  system: 'You test a connection. Call the tool that the user names, once, then answer with one word.',
  tools: [
    {
      name: 'connection-test',
      description: 'Tells the server a word. Answers whether the word arrived.',
      schema: {
        type: 'object',
        properties: { word: { type: 'string', description: 'The word that the user gave.' } },
        required: ['word'],
        additionalProperties: false,
      },
      eager: false,
    },
  ],
  maxTokens: 4000,
}

const question: HistoryEntry = {
  role: 'user',
  content: [{ type: 'text', text: `Call connection-test with the word "${word}".` }],
}

/**
 * Tries what a turn needs: the address answers, the key is taken, the model is there, and it calls a tool and takes its result.
 * Sends at most four requests; two of them cost tokens. Never rejects.
 *
 * @param signal Ends it early; the step under way fails then.
 */
export async function testConnection(
  provider: ModelProvider,
  name: string,
  signal: AbortSignal,
): Promise<ConnectionTest> {
  const steps: ConnectionStep[] = []
  let at = performance.now()
  const add = (step: ConnectionStep['name'], ok: boolean, detail: string): boolean => {
    const now = performance.now()
    const before = steps.findIndex(({ name: earlier }) => earlier === step)
    if (before !== -1) steps.splice(before) // what a request says about it counts more than what a list said
    steps.push({ name: step, ok, detail, ms: Math.round(now - at) })
    at = now
    return ok
  }
  const end = () => ({ ok: steps.every(({ ok }) => ok), steps })
  const fail = (step: ConnectionStep['name'], detail: string) => {
    add(step, false, detail)
    return end()
  }

  const listing = await provider.list()
  if (!listing.ok && !listing.answered) return fail('address', listing.text)
  add('address', true, `${new URL(provider.baseUrl).host} answers.`)
  if (!listing.ok && listing.code === 'key_rejected') return fail('key', listing.text)
  const key = await provider.checkKey()
  if (key && !key.ok) return fail('key', key.text)
  const keyKnown = listing.ok
  if (keyKnown) add('key', true, provider.hasKey ? 'The key is taken.' : 'No key is needed.')
  const isListed = listing.ok && listing.models.some((model) => model.name === name)
  if (isListed) add('model', true, `${name} is listed.`)

  const tried = await callTool(provider.model(name), signal)
  const failed = tried.ok ? 'none' : tried.step
  if (!keyKnown || failed === 'key') {
    const ok = failed !== 'key'
    if (!add('key', ok, ok ? 'The key is taken.' : tried.text)) return end()
  }
  if (!isListed || failed === 'model') {
    const ok = failed !== 'model'
    const near = listing.ok
      ? alternatives(
          listing.models.map((model) => model.name),
          name,
        )
      : `${listing.text} An address without its /v1 answers so too.`
    if (!add('model', ok, ok ? `${name} answers, though it is not listed.` : `${tried.text} ${near}`.trim()))
      return end()
  }
  add('tool', tried.ok, tried.text)
  return end()
}

/** Names that share the most with the wanted one, for a person who mistyped it. */
function alternatives(names: readonly string[], wanted: string): string {
  const parts = wanted.toLowerCase().split(/[^a-z0-9]+/)
  const score = (name: string): number => parts.filter((part) => part && name.toLowerCase().includes(part)).length
  const nearest = names.toSorted((a, b) => score(b) - score(a)).slice(0, 5)
  return nearest.length === 0 ? 'It lists no models.' : `It has, for example: ${nearest.join(', ')}.`
}

type Tried = { ok: boolean; step: ConnectionStep['name']; text: string }

const stepOfFault: Partial<Record<ModelFault['code'], ConnectionStep['name']>> = {
  key_rejected: 'key',
  model_not_found: 'model',
}

/** One tool round-trip, as a turn makes it. */
async function callTool(model: Model, signal: AbortSignal): Promise<Tried> {
  const limit = AbortSignal.timeout(limitMs)
  const stop = AbortSignal.any([signal, limit])
  const first = await reply(model, [question], stop)
  if (first.fault) return faulted(first.fault, limit)
  const call = first.blocks.find(({ type }) => type === 'tool_use')
  if (!call)
    return tool('The model answered in words instead of calling a tool. Building needs tools: choose another model.')
  if (call['name'] !== 'connection-test' || !isObject(call['input']) || textOf(call['input']['word']) !== word) {
    return tool(
      'The model called the tool with something else than it was asked for. Apps built with it may fail: choose another model.',
    )
  }
  const results = first.blocks
    .filter(({ type }) => type === 'tool_use')
    .map(({ id }) => ({ type: 'tool_result', tool_use_id: id, content: `"${word}" arrived.` }))
  const history: HistoryEntry[] = [
    question,
    { role: 'assistant', content: first.blocks },
    { role: 'user', content: results },
  ]
  const second = await reply(model, history, stop)
  if (second.fault) {
    const { text } = faulted(second.fault, limit)
    return tool(`The model called the tool, but did not take its result: ${text}`)
  }
  return { ok: true, step: 'tool', text: 'The model called a tool and took its result.' }
}

const tool = (text: string): Tried => ({ ok: false, step: 'tool', text })

function faulted(fault: ModelFault, limit: AbortSignal): Tried {
  if (limit.aborted) {
    const text = `No whole answer came within ${limitMs / 1000} s. A local model may still be loading: try again.`
    return { ok: false, step: 'tool', text }
  }
  const text = fault.detail ? `${fault.message} (${fault.detail})` : fault.message
  return { ok: false, step: stepOfFault[fault.code] ?? 'tool', text }
}

type Reply = { blocks: RawBlock[]; fault?: ModelFault }

/** A whole reply. Blocks that may not go back (thinking without a signature) are left out, as in a turn. */
async function reply(model: Model, history: readonly HistoryEntry[], signal: AbortSignal): Promise<Reply> {
  const stopped: (ModelEvent & { type: 'block.stopped' })[] = []
  let fault: ModelFault | undefined
  for await (const event of model.stream({ ...request, history }, signal)) {
    if (event.type === 'block.stopped') stopped.push(event)
    if (event.type === 'end' && !event.outcome.ok) fault = event.outcome.fault
  }
  const blocks = stopped.toSorted((a, b) => a.index - b.index).map(({ block }) => block)
  return { blocks: blocks.filter(isTakenBack), ...(fault && { fault }) }
}
