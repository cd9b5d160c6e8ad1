import { expect, test } from 'vitest'
import { createEventPoll, type Grown } from './event-poll.ts'

/** A poll whose time and table the test moves by hand. */
function openPoll() {
  const waiting = new Map<string, number>()
  const due: (() => void)[] = []
  const looks: { asked: ReadonlyMap<string, number>; answer: PromiseWithResolvers<readonly Grown[]> }[] = []
  const rung: Grown[] = []
  const poll = createEventPoll({
    everyMs: 500,
    waiting: () => new Map(waiting),
    look(asked) {
      const answer = Promise.withResolvers<readonly Grown[]>()
      looks.push({ asked, answer })
      return answer.promise
    },
    ring: (app, seq) => void rung.push({ app, seq }),
    after(_ms, run) {
      due.push(run)
      return () => void due.splice(due.indexOf(run), 1)
    },
  })
  /** The time of the next look has come. */
  const passTime = () => due.splice(0).forEach((run) => run())
  /** A whole look: what it finds, or why it fails. */
  const look = async (found: readonly Grown[] | Error): Promise<void> => {
    const before = looks.length
    passTime()
    expect(looks).toHaveLength(before + 1)
    const answer = looks[before]?.answer
    if (found instanceof Error) answer?.reject(found)
    else answer?.resolve(found)
    await new Promise(setImmediate) // what hangs on the answer has run
  }
  return { poll, waiting, due, looks, rung, passTime, look }
}

test('E-B5: however many begin to wait, there is one timer and one question, for all their apps', async () => {
  const { poll, waiting, due, looks, look } = openPoll()
  for (const app of ['a', 'b', 'c']) {
    waiting.set(app, 7)
    poll.begin()
  }
  expect(due).toHaveLength(1)
  await look([])
  expect(looks.map(({ asked }) => [...asked])).toEqual([
    [
      ['a', 7],
      ['b', 7],
      ['c', 7],
    ],
  ])
  expect(due).toHaveLength(1)
})

test('E-B5: where nobody waits any more, nothing is asked and no timer stays; who waits later is looked after again', async () => {
  const { poll, waiting, due, looks, passTime, look } = openPoll()
  waiting.set('a', 0)
  poll.begin()
  await look([])
  waiting.clear()
  passTime()
  expect([looks.length, due.length]).toEqual([1, 0])
  waiting.set('a', 3)
  poll.begin()
  await look([])
  expect(looks).toHaveLength(2)
})

test('E-B5: a look that takes long is the only one, whoever begins to wait meanwhile', async () => {
  const { poll, waiting, due, looks, passTime } = openPoll()
  waiting.set('a', 0)
  poll.begin()
  passTime()
  waiting.set('b', 0)
  poll.begin()
  passTime()
  expect([looks.length, due.length]).toEqual([1, 0])
  looks[0]?.answer.resolve([])
  await new Promise(setImmediate)
  expect(due).toHaveLength(1)
})

test('E-B2: what a look finds is rung at the next one, and not before: word of it may be on its way', async () => {
  const { poll, waiting, rung, look } = openPoll()
  waiting.set('a', 4).set('b', 0)
  poll.begin()
  await look([{ app: 'a', seq: 5 }])
  expect(rung).toEqual([])
  await look([{ app: 'b', seq: 1 }])
  expect(rung).toEqual([{ app: 'a', seq: 5 }])
  await look([])
  expect(rung.slice(1)).toEqual([{ app: 'b', seq: 1 }])
})

test('E-B2: a store that is away ends nothing: who it kept waiting is found when it is back', async () => {
  const { poll, waiting, rung, look } = openPoll()
  waiting.set('a', 4)
  poll.begin()
  await look(new Error('Connection terminated unexpectedly'))
  await look([{ app: 'a', seq: 5 }])
  await look(new Error('The store is away once more'))
  expect(rung, 'its readers would find no table').toEqual([])
  await look([{ app: 'a', seq: 5 }])
  expect(rung).toEqual([{ app: 'a', seq: 5 }])
})

test('E-B5: a poll that was closed looks no more, and rings nobody with the answer it still waited for', async () => {
  const { poll, waiting, due, looks, rung, passTime, look } = openPoll()
  waiting.set('a', 0)
  poll.begin()
  await look([{ app: 'a', seq: 1 }])
  passTime()
  poll.close()
  looks.at(-1)?.answer.resolve([{ app: 'a', seq: 1 }])
  await new Promise(setImmediate)
  poll.begin()
  expect([due.length, looks.length, rung.length]).toEqual([0, 2, 0])
})

test('E-B5: the timer of a poll does not keep the process alive', () => {
  const keeping = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length
  const before = keeping()
  const poll = createEventPoll({ everyMs: 60_000, waiting: () => new Map(), look: async () => [], ring: () => {} })
  poll.begin()
  expect(keeping()).toBe(before)
  poll.close()
})
