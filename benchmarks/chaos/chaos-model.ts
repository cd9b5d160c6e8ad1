import { createHash } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import {
  cutAfter,
  gate,
  httpError,
  startScriptedModel,
  text,
  toolUse,
  type Reply,
  type ReplyPart,
  type ScriptedModel,
} from '@overskill/model-server'

/** Files that each turn writes, the page among them, so that every version is built to something else. */
export const filesPerTurn = 8

/** The prompt of a turn; the model reads from it what to write. */
export const promptOf = (app: string, turn: number): string => `Chaos ${app} turn ${turn}.`

/** What a file of a turn holds: its own words, so that a lost or doubled write shows. */
export const contentOf = (app: string, turn: number, path: string): string =>
  path === pagePath
    ? `${imports}\nexport function HomePage() {\n  return <h1 title={parts.join()}>${app} turn ${turn}</h1>\n}\n`
    : `export const part = '${app} turn ${turn} ${path}'\n`

const pagePath = 'src/pages/HomePage.tsx'
const parts = Array.from({ length: filesPerTurn - 1 }, (_, index) => `src/parts/part-${index}.ts`)
const imports = [
  ...parts.map((_, index) => `import { part as part${index} } from '@/parts/part-${index}'`),
  `const parts = [${parts.map((_, index) => `part${index}`).join(', ')}]`,
].join('\n')
export const pathsOfTurn: readonly string[] = [...parts, pagePath]

export type ChaosModel = {
  url: string
  /** What was wrong with requests: a call without its one answer, or a history that the provider would refuse. */
  complaints: readonly string[]
  close(): Promise<void>
}

/**
 * A model that asks for the files that its history does not show as written, eight at once, then says that it is done.
 * One request in twelve fails, always the same one for the same history.
 */
export async function startChaosModel(seed: number): Promise<ChaosModel> {
  const complaints: string[] = []
  const failed = new Map<string, number>()
  const rest = (body: Record<string, unknown>): Reply => {
    const messages = body['messages'] as Message[]
    complaints.push(...answerProblems(messages))
    const { app, turn, written } = stateOf(messages)
    const missing = pathsOfTurn.filter((path) => !written.has(path))
    const key = `${app} ${turn}`
    const faults = failed.get(key) ?? 0
    const draw = drawOf(`${seed} ${key} ${missing.length} ${faults}`)
    const reply = replyFor(app, turn, missing)
    if (faults >= 2 || draw >= 1 / 12) return reply
    failed.set(key, faults + 1)
    return draw < 1 / 24
      ? httpError(529, 'overloaded_error', 'Overloaded')
      : cutAfter(3 + Math.floor(draw * 600), reply)
  }
  const model: ScriptedModel = await startScriptedModel([], { rest, strict: true })
  return { url: model.url, complaints, close: () => model.close() }
}

type Block = {
  type: string
  id?: string
  tool_use_id?: string
  name?: string
  text?: string
  input?: { file_path?: string }
  content?: unknown
  is_error?: boolean
}
type Message = { role: string; content: Block[] }

const replyFor = (app: string, turn: number, missing: readonly string[]) =>
  missing.length === 0
    ? [text(`Turn ${turn} of ${app} is done.`)]
    : [
        ...talk(),
        text(`I write ${missing.length} files.`),
        ...missing.map((path) =>
          toolUse('os-write', { file_path: path, content: contentOf(app, turn, path) }, { chunkSize: 24 }),
        ),
      ]

/** Text that goes on for a second, as people see it: whatever dies meanwhile finds some on its way. */
const talk = (): ReplyPart[] =>
  Array.from({ length: 30 }, (_, word) => [text(`Word ${word} of what I think. `), gate(delay(word * 33))]).flat()

/** Which turn the newest prompt asks for, and which of its files a result says to be written. */
function stateOf(messages: readonly Message[]): { app: string; turn: number; written: Set<string> } {
  const at = messages.findLastIndex(
    ({ role, content }) =>
      role === 'user' && content.some(({ text: words }) => /^Chaos \S+ turn \d+\.$/m.test(words ?? '')),
  )
  const words = messages[at]?.content.map(({ text: said }) => said ?? '').join('\n') ?? ''
  const [, app = '', turn = '0'] = [...words.matchAll(/^Chaos (\S+) turn (\d+)\.$/gm)].at(-1) ?? []
  const blocks = messages.slice(at).flatMap(({ content }) => content)
  const done = new Set(
    blocks
      .filter(({ type, is_error: bad }) => type === 'tool_result' && bad !== true)
      .map((block) => block.tool_use_id),
  )
  const written = blocks.flatMap(({ type, id, input }) =>
    type === 'tool_use' && done.has(id) && input?.file_path ? [input.file_path] : [],
  )
  return { app, turn: Number(turn), written: new Set(written) }
}

/** Every call of a reply has exactly one result, in the next message and in the order asked (L15). */
function answerProblems(messages: readonly Message[]): string[] {
  return messages.flatMap(({ role, content }, index) => {
    const calls = role === 'assistant' ? content.flatMap(({ type, id }) => (type === 'tool_use' ? [id] : [])) : []
    if (calls.length === 0) return []
    const results = (messages[index + 1]?.content ?? []).flatMap((block) =>
      block.type === 'tool_result' ? [block.tool_use_id] : [],
    )
    return calls.join() === results.join()
      ? []
      : [`calls ${calls.join()} were answered by ${results.join() || 'nothing'}`]
  })
}

/** A number from 0 to 1 that hangs on the words alone. */
const drawOf = (words: string): number => createHash('sha256').update(words).digest().readUInt32BE(0) / 4_294_967_296
