/** One tool call of the conversation with its result, once it has one. */
export type PastCall = {
  name: string
  input: Record<string, unknown>
  result?: { ok: boolean; text: string }
}

/** One reply of the model: the calls that it made. */
export type PastStep = { calls: readonly PastCall[] }

/** A message of the person, and what the model has done about it so far. */
export type PastTurn = { prompt: string; steps: readonly PastStep[] }

export type Mode = 'build' | 'plan' | 'chat'

/** What a request says, read anew each time: the sample model remembers nothing. `turns` has at least one. */
export type Conversation = { turns: readonly PastTurn[]; mode: Mode }

type Block = Record<string, unknown>

/** Reads a request body. Anything unexpected in it is passed over: the worst case is one turn with an empty prompt. */
export function readConversation(body: Record<string, unknown>): Conversation {
  const turns: { prompt: string; steps: PastStep[] }[] = []
  let mode: Mode = 'build'
  const open = new Map<string, PastCall>()
  for (const { role, blocks } of messagesOf(body['messages'])) {
    if (role === 'system' || role === 'user') mode = modeIn(textOf(blocks), role) ?? mode
    if (role === 'user') {
      for (const block of blocks) settle(block, open)
      const prompts = blocks.filter(isText).map((block) => promptIn(block['text'] as string))
      for (const prompt of prompts) if (prompt && !isNudge(prompt)) turns.push({ prompt, steps: [] })
    }
    if (role === 'assistant') turns.at(-1)?.steps.push({ calls: blocks.flatMap((block) => callIn(block, open)) })
  }
  return { turns: turns.length > 0 ? turns : [{ prompt: '', steps: [] }], mode }
}

function messagesOf(value: unknown): { role: string; blocks: Block[] }[] {
  if (!Array.isArray(value)) return []
  return value.filter(isBlock).map((message) => ({
    role: typeof message['role'] === 'string' ? message['role'] : '',
    blocks: blocksOf(message['content']),
  }))
}

const isBlock = (value: unknown): value is Block => typeof value === 'object' && value !== null

const blocksOf = (content: unknown): Block[] =>
  Array.isArray(content) ? content.filter(isBlock) : [{ type: 'text', text: content }]

const isText = (block: Block) => block['type'] === 'text' && typeof block['text'] === 'string'

const textOf = (blocks: readonly Block[]) =>
  blocks
    .filter(isText)
    .map((block) => block['text'] as string)
    .join('\n')

/** What the person wrote: text without the tagged parts that a program put around it, which may hold whole files. */
const promptIn = (words: string) =>
  /^\s*<(context|system-reminder)>[\s\S]*<\/\1>\s*$/.test(words)
    ? ''
    : words.replaceAll(/<(context|system-reminder)>[\s\S]*?<\/\1>/g, '').trim()

/** Words that ask for the rest of an unfinished turn begin no turn of their own. */
const isNudge = (prompt: string) => /^(?:please )?(?:continue|go on|carry on|keep going|weiter)[\s.!]*$/i.test(prompt)

/** Modes are announced by the operator: `Mode: plan.` at the head of a message's context, or in a `system` message. */
function modeIn(words: string, role: string): Mode | undefined {
  const contexts = [...words.matchAll(/<(context|system-reminder)>\n?([\s\S]*?)(?:\n\n|<\/\1>)/g)].map(
    ([, , head]) => head,
  )
  const announced = role === 'system' ? words : contexts.join('\n')
  const found = [
    ...announced.matchAll(/\bmode\b\W{1,3}(?:is |now )*(build|plan|chat)\b|\b(build|plan|chat)[ -]mode\b/gi),
  ].at(-1)
  const word = (found?.[1] ?? found?.[2])?.toLowerCase()
  return word === 'build' || word === 'plan' || word === 'chat' ? word : undefined
}

function callIn(block: Block, open: Map<string, PastCall>): PastCall[] {
  if (block['type'] !== 'tool_use') return []
  const input = block['input']
  const call: PastCall = {
    name: String(block['name']),
    input: typeof input === 'object' && input !== null ? (input as Record<string, unknown>) : {},
  }
  open.set(String(block['id']), call)
  return [call]
}

function settle(block: Block, open: Map<string, PastCall>): void {
  if (block['type'] !== 'tool_result') return
  const call = open.get(String(block['tool_use_id']))
  if (!call) return
  const text = textOf(blocksOf(block['content']))
  call.result = { ok: block['is_error'] !== true && !text.startsWith('ERROR'), text }
}
