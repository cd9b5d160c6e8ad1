import { cutAfter, startScriptedModel, text, thinking, toolUse, type Reply } from '@overskill/model-server'
import { expect, test } from 'vitest'
import { startTurn, user } from './agent-test-kit.ts'
import type { Fact, MemoryJournal } from './test-journal.ts'
import type { HistoryEntry } from './model.ts'

const writes = (path: string) =>
  toolUse('os-write', { file_path: path, content: path.toUpperCase() }, { chunkSize: 12 })
const rich = [
  thinking('Plan.'),
  text('Writing now.', 6),
  writes('a'),
  toolUse('os-view', { file_path: 'a' }),
  writes('b'),
  text('So.'),
]
const replies: Reply[] = [rich, [writes('c'), text('More.')], [text('Done.')]]

/** Every reply whose calls are not answered yet comes again: what the script says next depends on the results that came. */
const script = (body: Record<string, unknown>): Reply => {
  const sent = JSON.stringify(body['messages'])
  return replies[sent.includes('OK c has') ? 2 : sent.includes('OK b has') ? 1 : 0] ?? []
}

/** Every call of the history has one result, right after it: the scripted server refuses anything else. */
async function nextMessageWorks(history: readonly HistoryEntry[]): Promise<void> {
  await using server = await startScriptedModel([[text('ok')]])
  const next = startTurn(server.url, { history: [...history, user('And now?')] })
  expect(await next.end).toEqual({ ending: 'completed' })
}

const ended = ['complete', 'error', 'timeout', 'cancelled', 'pending']
const allEnded = (journal: MemoryJournal) => expect(ended).toEqual(expect.arrayContaining([...journal.status.values()]))

async function factsOfWholeTurn(): Promise<Fact[]> {
  await using server = await startScriptedModel([], { rest: script })
  const turn = startTurn(server.url)
  expect(await turn.end).toEqual({ ending: 'completed' })
  return turn.journal.facts
}

test('A2, B2, B3: a connection cut after any event of a reply loses nothing and repeats no write', async () => {
  for (let events = 1; events <= 31; events += 1) {
    let cut = false
    await using server = await startScriptedModel([], {
      rest(body) {
        if (cut) return script(body)
        cut = true
        return cutAfter(events, rich)
      },
    })
    const turn = startTurn(server.url)
    expect(await turn.end, `cut after ${events}`).toEqual({ ending: 'completed' })
    expect(Object.fromEntries(turn.journal.files)).toEqual({ a: 'A', b: 'B', c: 'C' })
    allEnded(turn.journal)
    await nextMessageWorks(turn.journal.history)
  }
})

test('C6, A4: a stop at any fact leaves a history that the next message goes on from', async () => {
  const count = (await factsOfWholeTurn()).length
  for (let at = 0; at < count; at += 1) {
    await using server = await startScriptedModel([], { rest: script })
    const stop = new AbortController()
    let seen = 0
    const turn = startTurn(server.url, {
      signal: stop.signal,
      before() {
        if (seen++ === at) stop.abort()
      },
    })
    const end = await turn.end
    expect(['stopped', 'completed']).toContain(end.ending)
    allEnded(turn.journal)
    await nextMessageWorks(turn.journal.history)
  }
})

test('E2, C8: a process that dies at any fact is followed by one that brings the turn to the same end', async () => {
  // Whether a call must wait depends on the moment, so the number of facts differs by one or two.
  const count = (await factsOfWholeTurn()).length - 3
  for (let at = 0; at < count; at += 1) {
    await using server = await startScriptedModel([], { rest: script })
    const death = new Error('dead')
    let seen = 0
    const first = startTurn(server.url, {
      before() {
        if (seen++ >= at) throw death
      },
    })
    await expect(first.end, `dead at ${at}`).rejects.toBe(death)
    expect(first.journal.facts).toHaveLength(at)

    const { history, files } = first.journal
    const second = startTurn(server.url, { history, files, ...first.journal.left() })
    expect(await second.end, `dead at ${at}`).toEqual({ ending: 'completed' })
    expect(Object.fromEntries(files)).toEqual({ a: 'A', b: 'B', c: 'C' })
    allEnded(second.journal)
    await nextMessageWorks(second.journal.history)
  }
})
