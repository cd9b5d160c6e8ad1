import { z } from 'zod'
import { runAgent } from './agent-loop.ts'
import type { AgentNote, AgentRun } from './agent-turn.ts'
import type { HistoryEntry } from './model.ts'
import { createAnthropicModel, type AnthropicOptions } from './models/anthropic.ts'
import { createOpenAiChatModel, type OpenAiChatOptions } from './models/openai-chat.ts'
import { createTestClock, type TestClock } from './test-clock.ts'
import { MemoryJournal, type Fact, type TestFiles, type TestWork } from './test-journal.ts'
import { defineTool, done, read, refused, write, type Tool } from './tool.ts'
import type { TurnEnd } from './turn-journal.ts'

/** For tests only: tools on a map of files, models on a scripted server, and a turn of both. */

export const user = (text: string): HistoryEntry => ({ role: 'user', content: [{ type: 'text', text }] })

/** Writes, reads, waits and fails on a map of files. `hold` keeps a call of `slow` running until it resolves. */
export function testTools(hold: Promise<unknown> = new Promise(() => {})): Tool<TestWork>[] {
  const path = z.string().min(1).describe('Path below the app.')
  return [
    defineTool({
      name: 'os-write',
      description: 'Creates a file. Replaces all of it.',
      input: z.object({ file_path: path, content: z.string().describe('All of it.') }),
      effect: 'transactional',
      changes: true,
      eager: true,
      keys: ({ file_path }) => [write(`file:${file_path}`)],
      async run({ file_path, content }, work: TestWork) {
        work.staged.set(file_path, content)
        return done(`${file_path} has ${content.length} characters`)
      },
    }),
    defineTool({
      name: 'os-view',
      description: 'Shows a file. Nothing is changed.',
      input: z.object({ file_path: path }),
      effect: 'transactional',
      changes: false,
      keys: ({ file_path }) => [read(`file:${file_path}`)],
      async run({ file_path }, work: TestWork) {
        const content = work.files.get(file_path)
        return content === undefined ? refused('NOT_FOUND', `No file ${file_path}.`) : done(content)
      },
    }),
    defineTool({
      name: 'slow',
      description: 'Waits until it is let go. Or until it is stopped.',
      input: z.object({ name: z.string().optional().describe('A word.') }),
      effect: 'external',
      changes: false,
      keys: () => [],
      async run({ name }, _work: TestWork, signal) {
        const stopped = new Promise((resolve) => signal.addEventListener('abort', () => resolve('stopped')))
        return (await Promise.race([hold, stopped])) === 'stopped'
          ? refused('STOPPED', 'Stopped.')
          : done(`${name ?? ''}`)
      },
    }),
    defineTool({
      name: 'throws',
      description: 'Fails by a mistake. Always.',
      input: z.object({}),
      effect: 'transactional',
      changes: false,
      keys: () => [],
      run: () => Promise.reject(new Error('at /home/someone/secret.ts')),
    }),
  ]
}

export const testKey = 'sk-ant-test-0123456789-abcdef'

export const anthropic = (url: string, options: Partial<AnthropicOptions> = {}) =>
  createAnthropicModel({ id: 'anthropic/scripted-1', apiKey: testKey, baseUrl: url, model: 'scripted-1', ...options })

export const openAiChat = (url: string, options: Partial<OpenAiChatOptions> = {}) =>
  createOpenAiChatModel({
    id: 'openai/scripted-1',
    apiKey: testKey,
    keyName: 'OPENAI_API_KEY',
    baseUrl: url,
    model: 'scripted-1',
    traits: { systemMessages: true, cacheMarkers: false, reasoningDetails: false, costInUsage: false },
    ...options,
  })

export type TestTurn = {
  journal: MemoryJournal
  clock: TestClock
  stop: AbortController
  notes: AgentNote[]
  end: Promise<TurnEnd>
}

/** Starts a turn against a server; retries wait no real time. */
export function startTurn(
  url: string,
  {
    before,
    files,
    ...options
  }: Partial<AgentRun<TestWork>> & { before?: (fact: Fact) => void; files?: TestFiles } = {},
): TestTurn {
  const clock = createTestClock()
  const history = options.history ?? [user('Build it')]
  const journal = new MemoryJournal(history, files)
  if (before) journal.before = before
  for (const { call, state } of options.resume?.calls ?? [])
    if ('stored' in state) journal.status.set(call.call, state.stored)
  journal.onRetrying = (untilMs) => clock.advance(untilMs - clock.now())
  const stop = new AbortController()
  const notes: AgentNote[] = []
  const end = runAgent<TestWork>({
    model: anthropic(url),
    tools: testTools(),
    system: 'You build apps.',
    history,
    mode: 'build',
    journal,
    signal: stop.signal,
    clock,
    random: () => 1,
    log: (note) => notes.push(note),
    ...options,
  })
  end.catch(() => undefined)
  return { journal, clock, stop, notes, end }
}
