import { expect, test, vi } from 'vitest'
import type { Dispatcher, Serving } from './dispatcher.ts'
import type { Wakeup } from './wakeup.ts'

/** A dispatcher for one test, ready for work and ended after it. */
export type OpenDispatcher = () => Promise<Dispatcher>

/** Waiting apps as Postgres would have them, and a process that claims from them. */
export function createWaiting(): { add: (app: string) => Wakeup; serving: Serving; begun: string[] } {
  const waiting = new Set<string>()
  const begun: string[] = []
  const claim = (app: string): void => {
    if (waiting.delete(app)) begun.push(app)
  }
  return {
    begun,
    add(app) {
      waiting.add(app)
      return { queue: 'turns', app }
    },
    serving: {
      take: async ({ app }) => claim(app),
      look: async () => [...waiting].forEach(claim),
    },
  }
}

/** What every dispatcher keeps to. */
export function testDispatchContract(open: OpenDispatcher): void {
  test('work that waits begins when it is told of, once, though it is told of many times', async () => {
    const dispatcher = await open()
    const { add, serving, begun } = createWaiting()
    dispatcher.serve('turns', serving)
    const wakeup = add('aaaaaa')
    for (let time = 0; time < 20; time += 1) dispatcher.wake(wakeup)
    await vi.waitFor(() => expect(begun).toEqual(['aaaaaa']))
    dispatcher.wake(add('bbbbbb'))
    await vi.waitFor(() => expect(begun).toEqual(['aaaaaa', 'bbbbbb']))
  })

  test('a wake-up comes as it was sent, to who says that he serves its queue', async () => {
    const dispatcher = await open()
    const taken: Wakeup[] = []
    expect(dispatcher.served()).toEqual([])
    dispatcher.serve('turns', { take: async (wakeup) => void taken.push(wakeup), look: async () => {} })
    expect(dispatcher.served()).toEqual(['turns'])
    dispatcher.wake({ queue: 'turns', app: 'cccccc' })
    await vi.waitFor(() => expect(taken).toEqual([{ queue: 'turns', app: 'cccccc' }]))
  })

  test('after a taker that failed, the next wake-up is taken all the same', async () => {
    const dispatcher = await open()
    const { add, serving, begun } = createWaiting()
    dispatcher.serve('turns', {
      ...serving,
      take: (wakeup) => (wakeup.app === 'broken' ? Promise.reject(expected) : serving.take(wakeup)),
    })
    dispatcher.wake(add('broken'))
    dispatcher.wake(add('eeeeee'))
    await vi.waitFor(() => expect(begun).toEqual(['eeeeee']))
  })

  test('who has retired takes nothing any more', async () => {
    const dispatcher = await open()
    const { add, serving, begun } = createWaiting()
    dispatcher.serve('turns', serving)
    dispatcher.wake(add('ffffff'))
    await vi.waitFor(() => expect(begun).toEqual(['ffffff']))
    await dispatcher.retire()
    dispatcher.wake(add('gggggg'))
    await dispatcher.close()
    expect(begun).toEqual(['ffffff'])
  })
}

/** What a taker of these tests fails with. */
const expected = new Error('A taker failed, as the test has it')

/** For tests: fails on every mistake but the one that they make. */
export const onlyExpected = (error: unknown): void => expect(error).toBe(expected)
