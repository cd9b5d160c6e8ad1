import { must } from '@overskill/protocol'
import type { ReplyPart } from './reply.ts'
import { sampleReply } from './sample/answer.ts'

/** Files of an app by path. */
export type Files = Map<string, string>

type Block = Record<string, unknown>
export type Message = { role: string; content: string | Block[] }
export type Call = { name: string; input: Record<string, string>; result: string }

/** One turn of a rehearsal: what was said, and what was called with what result, step by step. */
export type RehearsedTurn = { said: string[]; steps: Call[][] }

/** A conversation with the sample model over files in memory, without a server: for tests and for the committed example. */
export type Rehearsal = { files: Files; messages: Message[] }

export type RehearsalOptions = {
  mode?: 'build' | 'plan' | 'chat'
  /** Looks at a call first; what it returns is the result, undefined lets the tool run. */
  intercept?: (call: Omit<Call, 'result'>) => string | undefined
}

const stepLimit = 12

/** Plays one message to its end. Changes `files` and `messages` of the rehearsal. Throws if the turn does not end. */
export function rehearse(
  rehearsal: Rehearsal,
  prompt: string,
  { mode = 'build', intercept }: RehearsalOptions = {},
): RehearsedTurn {
  const { files, messages } = rehearsal
  const context = `<context>\nDate: 2026-11-23. Mode: ${mode}. Do what it says.\n\n${[...files.keys()].join('\n')}\n</context>`
  messages.push({ role: 'user', content: [context, prompt].map((words) => ({ type: 'text', text: words })) })
  const turn: RehearsedTurn = { said: [], steps: [] }
  for (let step = 0; step < stepLimit; step++) {
    const parts = sampleReply({ messages })
    turn.said.push(...parts.flatMap((part) => (part.part === 'text' ? [part.text] : [])))
    const blocks = parts.map((part, at) => blockOf(part, `t${messages.length}.${at}`))
    messages.push({ role: 'assistant', content: blocks })
    const asked = blocks.filter((block) => block['type'] === 'tool_use')
    if (asked.length === 0) return turn
    const calls = asked.map(({ name, input }) => {
      const call = { name: name as string, input: input as Record<string, string> }
      return { ...call, result: intercept?.(call) ?? runTool(call, files) }
    })
    turn.steps.push(calls)
    messages.push({
      role: 'user',
      content: calls.map(({ result }, at) => ({
        type: 'tool_result',
        tool_use_id: asked[at]?.['id'],
        content: [{ type: 'text', text: result }],
        ...(result.startsWith('ERROR') ? { is_error: true } : {}),
      })),
    })
  }
  throw new Error(`The turn did not end within ${stepLimit} steps`)
}

function blockOf(part: ReplyPart, id: string): Block {
  if (part.part === 'text') return { type: 'text', text: part.text }
  if (part.part === 'tool') return { type: 'tool_use', id, name: part.name, input: part.input }
  throw new Error(`The sample model says no ${part.part}`)
}

type ToolRun = (input: Record<string, string>, files: Files) => string

/** The tools in their shortest form, with the result lines of AGENT.md C.4. */
const tools: Record<string, ToolRun> = {
  'os-write': ({ file_path = '', content = '' }, files) => {
    files.set(file_path, content)
    return `OK ${content.split('\n').length} lines, ${file_path}`
  },
  'os-view': ({ file_path = '' }, files) => {
    const content = files.get(file_path)
    if (content === undefined) return `ERROR NOT_FOUND: There is no ${file_path}.`
    const lines = content.replace(/\n$/, '').split('\n')
    return `OK ${file_path}, ${lines.length} lines\n${lines.map((line, at) => `${at + 1}\t${line}`).join('\n')}`
  },
  'os-replace': ({ file_path = '', old_string = '', new_string = '' }, files) => {
    const content = files.get(file_path)
    if (content === undefined) return `ERROR NOT_FOUND: There is no ${file_path}.`
    const places = content.split(old_string).length - 1
    if (places === 0) return `ERROR NO_MATCH: old_string is not in ${file_path}.`
    if (places > 1) return `ERROR AMBIGUOUS: old_string is in ${file_path} ${places} times.`
    files.set(
      file_path,
      content.replace(old_string, () => new_string),
    )
    return `OK ${file_path}`
  },
  'os-delete': ({ file_path = '' }, files) =>
    files.delete(file_path) ? `OK deleted ${file_path}` : `ERROR NOT_FOUND: There is no ${file_path}.`,
  'os-list-files': (_, files) => `OK ${files.size} files\n${[...files.keys()].toSorted().join('\n')}`,
  'rename-app': ({ name }) => `OK The app is called ${name}.`,
  'os-plan': () => 'OK',
}

const runTool = ({ name, input }: Omit<Call, 'result'>, files: Files) =>
  must(tools[name], `the tool ${name}`)(input, files)
