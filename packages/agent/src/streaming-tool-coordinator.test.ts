import { expect, test } from 'vitest'
import { z } from 'zod'
import { testTools } from './agent-test-kit.ts'
import { createTestClock } from './test-clock.ts'
import { MemoryJournal, type TestWork } from './test-journal.ts'
import { StreamingToolCoordinator, type CoordinatorOptions } from './streaming-tool-coordinator.ts'
import { defineTool, done, read, write, type ResourceKey, type Tool } from './tool.ts'

type Step = { begun: Promise<void>; finish: () => void }

/** A tool whose calls begin and finish when the test says so; its keys stand in its input. */
function steppedTool(log: string[], effect: 'transactional' | 'external' = 'transactional') {
  const steps = new Map<string, { begun: PromiseWithResolvers<void>; finish: PromiseWithResolvers<void> }>()
  const step = (name: string) => {
    const known = steps.get(name) ?? { begun: Promise.withResolvers<void>(), finish: Promise.withResolvers<void>() }
    steps.set(name, known)
    return known
  }
  const tool: Tool<TestWork> = defineTool({
    name: 'stepped',
    description: 'Begins. Ends when told.',
    input: z.object({ name: z.string(), keys: z.array(z.string()).default([]) }),
    effect,
    changes: false,
    limitMs: 1_000_000,
    keys: ({ keys }): ResourceKey[] =>
      keys.map((key) => (key.startsWith('w ') ? write(key.slice(2)) : read(key.slice(2)))),
    async run({ name }, _work, signal) {
      log.push(`begin ${name}`)
      step(name).begun.resolve()
      await Promise.race([
        step(name).finish.promise,
        new Promise((resolve) => signal.addEventListener('abort', resolve)),
      ])
      log.push(`end ${name}`)
      return done(name)
    },
  })
  return {
    tool,
    of: (name: string): Step => ({ begun: step(name).begun.promise, finish: () => step(name).finish.resolve() }),
  }
}

function setUp(options: Partial<CoordinatorOptions<TestWork>> = {}, extra: readonly Tool<TestWork>[] = []) {
  const clock = createTestClock()
  const journal = new MemoryJournal([])
  const bugs: unknown[] = []
  const coordinator = new StreamingToolCoordinator<TestWork>({
    tools: new Map([...testTools(), ...extra].map((tool) => [tool.name, tool])),
    journal,
    mode: 'build',
    clock,
    cap: 8,
    stop: new AbortController().signal,
    writtenKeys: new Set(),
    maxWrittenKeys: 200,
    onBug: (error) => bugs.push(error),
    ...options,
  })
  let position = 0
  const accept = (name: string, input: unknown, stored: 'none' | 'queued' | 'running' = 'none') => {
    const call = `call_${position}`
    journal.status.set(call, stored === 'none' ? 'pending' : stored)
    const inputText = typeof input === 'string' ? input : JSON.stringify(input)
    const block = { type: 'tool_use' }
    coordinator.accept({ step: 1, position, index: position, call, providerId: call, name, inputText, block }, stored)
    position += 1
  }
  const texts = async () => (await coordinator.finished()).map(({ result }) => result.text)
  return { coordinator, clock, journal, accept, texts, bugs }
}

test('C1: eight calls without shared keys run at the same time, and a ninth when one of them ends', async () => {
  const log: string[] = []
  const stepped = steppedTool(log)
  const { accept, texts, journal } = setUp({}, [stepped.tool])
  const names = Array.from({ length: 9 }, (_, i) => `c${i}`)
  for (const name of names) accept('stepped', { name })
  await Promise.all(names.slice(0, 8).map((name) => stepped.of(name).begun))
  expect(log).toHaveLength(8)
  expect(journal.of('callQueued')).toMatchObject([{ position: 8 }])
  stepped.of('c3').finish()
  await stepped.of('c8').begun
  names.forEach((name) => stepped.of(name).finish())
  expect(await texts()).toEqual(names.map((name) => `OK ${name}`))
})

test('C1: eight slow calls take as long as the slowest', async () => {
  const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
  const sleeping = defineTool({
    name: 'sleeping',
    description: 'Waits. Real time.',
    input: z.object({ ms: z.int() }),
    effect: 'transactional',
    changes: false,
    keys: () => [],
    async run({ ms }, _work: TestWork) {
      await wait(ms)
      return done(`${ms}`)
    },
  })
  const { accept, texts } = setUp({}, [sleeping])
  const begin = performance.now()
  for (let i = 0; i < 8; i += 1) accept('sleeping', { ms: 250 - i * 10 })
  expect(await texts()).toHaveLength(8)
  expect(performance.now() - begin).toBeLessThan(1200) // one after the other: 1,720 ms
})

test('C2: a call waits only for earlier calls that touch the same thing, one of them writing', async () => {
  const log: string[] = []
  const stepped = steppedTool(log)
  const { accept, texts } = setUp({}, [stepped.tool])
  const calls: [string, string[]][] = [
    ['w1', ['w file:a']],
    ['w2', ['w file:a']],
    ['r1', ['r file:a']],
    ['r2', ['r file:a']],
    ['other', ['w file:b']],
    ['all', ['r *']],
    ['w3', ['w file:c']],
  ]
  for (const [name, keys] of calls) accept('stepped', { name, keys })
  await Promise.all(['w1', 'other'].map((name) => stepped.of(name).begun))
  for (const name of ['w1', 'w2', 'r2', 'r1', 'other', 'all', 'w3']) {
    stepped.of(name).finish()
  }
  expect(await texts()).toEqual(calls.map(([name]) => `OK ${name}`))
  const at = (entry: string) => log.indexOf(entry)
  expect(at('begin w2')).toBeGreaterThan(at('end w1'))
  expect(at('begin r1')).toBeGreaterThan(at('end w2'))
  expect(at('begin r2')).toBeGreaterThan(at('end w2'))
  expect(at('begin all')).toBeGreaterThan(at('end other'))
  expect(at('begin all')).toBeGreaterThan(at('end w2'))
  expect(at('begin w3')).toBeGreaterThan(at('end all'))
})

test('C2: readers of one thing run side by side', async () => {
  const stepped = steppedTool([])
  const { accept, texts } = setUp({}, [stepped.tool])
  for (const name of ['a', 'b', 'c']) accept('stepped', { name, keys: ['r file:x', 'r *'] })
  await Promise.all(['a', 'b', 'c'].map((name) => stepped.of(name).begun))
  for (const name of ['a', 'b', 'c']) stepped.of(name).finish()
  expect(await texts()).toHaveLength(3)
})

test('C2: B.5 40: two writes of one file keep their order, whatever else runs', async () => {
  const { accept, texts, journal } = setUp()
  for (let i = 0; i < 20; i += 1) accept('os-write', { file_path: i % 2 ? 'a' : 'b', content: `${i}` })
  expect(await texts()).toHaveLength(20)
  expect(journal.files).toEqual(
    new Map([
      ['b', '18'],
      ['a', '19'],
    ]),
  )
})

test('C3: B.5 41: results come in the order asked, however the calls end', async () => {
  const stepped = steppedTool([])
  const { accept, texts } = setUp({}, [stepped.tool])
  const names = ['a', 'b', 'c', 'd']
  for (const name of names) accept('stepped', { name })
  for (const name of names.toReversed()) stepped.of(name).finish()
  expect(await texts()).toEqual(['OK a', 'OK b', 'OK c', 'OK d'])
})

test('C4: a failing call does not touch its siblings', async () => {
  const { accept, texts, bugs } = setUp()
  accept('throws', {})
  accept('os-view', { file_path: 'gone' })
  accept('os-write', { file_path: 'a', content: 'x' })
  expect(await texts()).toEqual([
    'ERROR INTERNAL: throws failed by a mistake of its own. Nothing of it was kept. Try another way.',
    'ERROR NOT_FOUND: No file gone.',
    'OK a has 1 characters',
  ])
  expect(bugs).toHaveLength(1)
})

test('C5: a tool that outlives its limit is a timeout with its own words, and what it staged is not kept', async () => {
  const { accept, texts, clock, journal } = setUp()
  accept('slow', {})
  await clock.whenWaiting(10_000)
  clock.advance(10_000)
  expect(await texts()).toEqual([
    'ERROR TIMEOUT: slow timed out after 10 s. It may have happened in part; check before repeating.',
  ])
  expect(journal.of('callFinished')).toMatchObject([{ work: false, result: { status: 'timeout' } }])
})

test('C5: L6: a tool that ignores its signal is not waited for, and its late result is not taken', async () => {
  const late = Promise.withResolvers<void>()
  const deaf = defineTool({
    name: 'deaf',
    description: 'Hears nothing. Stages late.',
    input: z.object({}),
    effect: 'transactional',
    changes: true,
    limitMs: 500_000,
    keys: () => [write('file:x')],
    async run(_input, work: TestWork) {
      await late.promise
      work.staged.set('x', 'late')
      return done('late')
    },
  })
  const { accept, texts, clock, journal } = setUp({}, [deaf])
  accept('deaf', {})
  accept('os-write', { file_path: 'x', content: 'next' })
  await clock.whenWaiting(180_000) // no tool may take longer, whatever it asks for
  clock.advance(180_000)
  await clock.whenWaiting(2000)
  clock.advance(2000)
  expect((await texts())[0]).toContain('TIMEOUT')
  late.resolve()
  await late.promise
  expect(journal.files).toEqual(new Map([['x', 'next']]))
})

test('C5: the limit counts from the start of a call, not from its place in the queue', async () => {
  const stepped = steppedTool([])
  const { accept, texts, clock } = setUp({ cap: 1 }, [stepped.tool])
  accept('stepped', { name: 'first' })
  accept('slow', {})
  await stepped.of('first').begun
  clock.advance(60_000)
  stepped.of('first').finish()
  await clock.whenWaiting(10_000)
  clock.advance(9_999)
  clock.advance(1)
  expect((await texts())[1]).toContain('TIMEOUT')
})

test('C6: a stop cancels the waiting before they start and the running within 300 ms', async () => {
  const stop = new AbortController()
  const { accept, texts, clock, journal } = setUp({ stop: stop.signal, cap: 1 })
  accept('slow', {})
  accept('os-write', { file_path: 'a', content: 'x' })
  await journal.when(({ fact }) => fact === 'callQueued')
  await clock.whenWaiting(10_000)
  stop.abort()
  expect(await texts()).toEqual([
    expect.stringMatching(/^ERROR CANCELLED: Cancelled while running/),
    'ERROR CANCELLED: Cancelled before it started. Nothing was changed.',
  ])
  expect([...journal.status.values()]).toEqual(['cancelled', 'cancelled'])
  expect(journal.files.size).toBe(0)
  accept('os-write', { file_path: 'b', content: 'x' })
  expect((await texts())[2]).toContain('before it started')
})

test('C6: a call that was done when the stop came keeps its real result', async () => {
  const stop = new AbortController()
  const stepped = steppedTool([])
  const { accept, texts } = setUp({ stop: stop.signal }, [stepped.tool])
  accept('stepped', { name: 'a' })
  await stepped.of('a').begun
  stepped.of('a').finish()
  stop.abort()
  expect(await texts()).toEqual(['OK a'])
})

test('C7: a journal that refuses a start runs nothing and ends the wait', async () => {
  const log: string[] = []
  const stepped = steppedTool(log)
  const { accept, coordinator, journal } = setUp({}, [stepped.tool])
  journal.before = ({ fact }) => {
    if (fact === 'callStarted') throw new Error('L5: already started')
  }
  accept('stepped', { name: 'a' })
  await expect(coordinator.finished()).rejects.toThrow('L5')
  expect(log).toEqual([])
})

test('C8: B.5 46: a call that was queued or that changes only our own store runs again; one outside does not', async () => {
  const log: string[] = []
  const outside = steppedTool(log, 'external')
  const { accept, texts, journal } = setUp({}, [outside.tool])
  accept('os-write', { file_path: 'a', content: 'queued' }, 'queued')
  accept('os-write', { file_path: 'b', content: 'running' }, 'running')
  accept('stepped', { name: 'x' }, 'running')
  accept('stepped', { name: 'y' }, 'queued')
  outside.of('y').finish()
  expect(await texts()).toEqual([
    'OK a has 6 characters',
    'OK b has 7 characters',
    'ERROR INTERRUPTED: This call was interrupted before it ended. It may have happened; check before repeating.',
    'OK y',
  ])
  expect(log).toEqual(['begin y', 'end y'])
  expect(journal.of('callStarted')).toHaveLength(0)
  expect(journal.of('callRunning')).toHaveLength(2)
})

test('C9: a call whose keys fail is answered, and nothing of it runs', async () => {
  const broken = {
    ...testTools()[0],
    name: 'broken',
    keys: () => {
      throw new Error('keys')
    },
  } as Tool<TestWork>
  const { accept, texts, bugs } = setUp({}, [broken])
  accept('broken', { file_path: 'a', content: '' })
  expect(await texts()).toEqual([expect.stringContaining('ERROR INTERNAL')])
  expect(bugs).toHaveLength(1)
})

test('C10: placing, starting and ending a call costs less than 2 ms of processor time, also behind 500 others', async () => {
  const { accept, texts } = setUp({ maxWrittenKeys: 10_000 })
  const begin = process.cpuUsage()
  for (let i = 0; i < 500; i += 1) accept('os-write', { file_path: `f${i}`, content: 'x' })
  expect(await texts()).toHaveLength(500)
  const { user, system } = process.cpuUsage(begin)
  expect((user + system) / 500 / 1000).toBeLessThan(2)
})

test('C11: L1: a result that the store made another of is the one that counts', async () => {
  const { accept, texts, journal } = setUp()
  const store = journal.callFinished.bind(journal)
  journal.callFinished = async (call, result, work) => {
    await store(call, result, work)
    return { ok: false, status: 'error', code: 'PATH_DENIED', text: 'ERROR PATH_DENIED: taken' }
  }
  accept('os-write', { file_path: 'a', content: 'x' })
  accept('unknown-tool', {})
  expect(await texts()).toEqual(['ERROR PATH_DENIED: taken', 'ERROR PATH_DENIED: taken'])
})
