import type { AppEvent, Snapshot } from '@overskill/protocol'
import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { applyToApp, beginFrom, type AppState } from '../editor/app-state.ts'
import { playTurn } from '../testing/scenarios.ts'
import { createStandIn } from '../testing/stand-in.ts'
import type { StandIn } from '../testing/stand-in-state.ts'
import type { Visibility } from './page-visibility.ts'
import { followApp, type StreamOptions, type StreamStatus } from './app-stream.ts'

type Watched = {
  statuses: StreamStatus[]
  snapshots: Snapshot[]
  events: AppEvent[]
  state: () => AppState | undefined
  close: () => void
}

const alwaysVisible: Visibility = { isHidden: () => false, onChange: () => () => {} }
const quick = { firstWaitMs: 1, maxWaitMs: 4, visibility: alwaysVisible }

/** Follows an app of the stand-in, keeping all that came. */
function watch(standIn: StandIn, app: string, options: StreamOptions = {}): Watched {
  let state: AppState | undefined
  const seen = { statuses: [] as StreamStatus[], snapshots: [] as Snapshot[], events: [] as AppEvent[] }
  const stream = followApp(
    app,
    {
      snapshot: (snapshot) => {
        seen.snapshots.push(snapshot)
        state = beginFrom(snapshot)
      },
      events: (events) => {
        seen.events.push(...events)
        state = state && events.reduce(applyToApp, state)
      },
      status: (status) => {
        if (seen.statuses.at(-1) !== status) seen.statuses.push(status)
      },
    },
    {
      fetch: (path, init) => standIn.fetch(new Request(`http://localhost${path as string}`, init)),
      ...quick,
      ...options,
    },
  )
  return { ...seen, state: () => state, close: stream.close }
}

const seqs = (watched: Watched): number[] => watched.events.map((event) => event.seq)

test('a page begins from a snapshot and then has every event once, in order', async () => {
  const standIn = createStandIn(() => 80)
  const app = standIn.addApp().snapshot.app.id
  const watched = watch(standIn, app)
  await vi.waitFor(() => expect(watched.snapshots).toHaveLength(1))
  playTurn(standIn, app, 'A list').text('It is there.')
  await vi.waitFor(() => expect(watched.events).toHaveLength(standIn.app(app).log.length))
  expect(seqs(watched)).toEqual(standIn.app(app).log.map((event) => event.seq))
  expect(watched.state()?.snapshot).toEqual(standIn.app(app).snapshot)
  expect(watched.statuses).toEqual(['connecting', 'live'])
  watched.close()
})

test('B.5 53: after a break the stream goes on behind the last number, without a gap, a repeat or another snapshot', async () => {
  const standIn = createStandIn(() => 80)
  const app = standIn.addApp().snapshot.app.id
  const watched = watch(standIn, app)
  await vi.waitFor(() => expect(watched.snapshots).toHaveLength(1))
  const played = playTurn(standIn, app, 'A list')
  await vi.waitFor(() => expect(watched.events.length).toBeGreaterThan(0))
  standIn.cutStreams()
  played.text('Said while nobody was listening.')
  await vi.waitFor(() => expect(watched.events).toHaveLength(standIn.app(app).log.length))
  expect(seqs(watched)).toEqual(standIn.app(app).log.map((event) => event.seq))
  expect(watched.snapshots).toHaveLength(1)
  expect(watched.statuses).toEqual(['connecting', 'live', 'away', 'live'])
  const last = standIn.received.at(-1)
  expect(Number(last?.headers.get('last-event-id'))).toBeGreaterThan(0)
  watched.close()
})

test('L4: however often the stream is cut, the text shown is the text that was streamed', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ text: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }), cut: fc.boolean() }), {
        minLength: 1,
        maxLength: 20,
      }),
      async (pieces) => {
        const standIn = createStandIn(() => 80)
        const app = standIn.addApp().snapshot.app.id
        const watched = watch(standIn, app)
        await vi.waitFor(() => expect(watched.snapshots).toHaveLength(1))
        const played = playTurn(standIn, app, 'Say it')
        const block = played.block('text')
        let offset = 0
        for (const { text, cut } of pieces) {
          played.emit({ type: 'text.delta', message: played.message, block, offset, text })
          offset += text.length
          if (cut) standIn.cutStreams()
        }
        await vi.waitFor(() => expect(watched.state()?.snapshot.seq).toBe(standIn.app(app).snapshot.seq))
        const message = watched.state()?.snapshot.conversation.messages.at(-1)
        const shown = message?.role === 'assistant' && message.blocks[0]?.type === 'text' ? message.blocks[0].text : ''
        expect(shown).toBe(pieces.map((piece) => piece.text).join(''))
        watched.close()
      },
    ),
    { numRuns: 20 },
  )
})

/** A fetch whose n-th answer is this stream; after the last it hangs until it is closed. */
const answers = (...streams: string[]): { fetch: typeof fetch; asked: Headers[] } => {
  const asked: Headers[] = []
  const answer: typeof fetch = async (_, init) => {
    asked.push(new Headers(init?.headers))
    const text = streams[asked.length - 1]
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        init?.signal?.addEventListener('abort', () => controller.error(new DOMException('closed', 'AbortError')))
        if (text === undefined) return
        controller.enqueue(new TextEncoder().encode(text))
      },
    })
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
  }
  return { fetch: answer, asked }
}

const snapshotFrame = (seq: number): string => {
  const standIn = createStandIn(() => 80)
  const { snapshot } = standIn.addApp({ id: 'abc123' })
  return `id: ${seq}\nevent: snapshot\ndata: ${JSON.stringify({ ...snapshot, seq })}\n\n`
}
const stepFrame = (seq: number): string => {
  const data = { seq, at: '2026-11-23T10:00:00.000Z', turn: 'turn_12345678', step: 1, model: 'sample' }
  return `id: ${seq}\nevent: step.started\ndata: ${JSON.stringify(data)}\n\n`
}

test('a missing number makes the page begin anew from a snapshot', async () => {
  const standIn = createStandIn(() => 80)
  const { fetch, asked } = answers(snapshotFrame(3) + stepFrame(4) + stepFrame(6), snapshotFrame(9))
  const watched = watch(standIn, 'abc123', { fetch })
  await vi.waitFor(() => expect(watched.snapshots.map((one) => one.seq)).toEqual([3, 9]))
  expect(seqs(watched)).toEqual([4])
  expect(asked[1]?.has('last-event-id')).toBe(false)
  watched.close()
})

test('a number seen before, a thing without a number and an event of a newer server are passed over', async () => {
  const standIn = createStandIn(() => 80)
  const presence = 'event: presence\ndata: {"people":[]}\n\n'
  const unknown = 'id: 5\nevent: moon.risen\ndata: {"seq":5}\n\n'
  const { fetch } = answers(
    snapshotFrame(3) + stepFrame(3) + stepFrame(4) + presence + stepFrame(4) + unknown + stepFrame(6),
  )
  const watched = watch(standIn, 'abc123', { fetch })
  await vi.waitFor(() => expect(seqs(watched)).toEqual([4, 6]))
  watched.close()
})

test('a connection that says nothing for too long counts as broken', async () => {
  const standIn = createStandIn(() => 80)
  const { fetch, asked } = answers(snapshotFrame(3))
  const watched = watch(standIn, 'abc123', { fetch, silenceMs: 20 })
  await vi.waitFor(() => expect(asked.length).toBeGreaterThan(1))
  expect(watched.statuses).toContain('away')
  expect(asked[1]?.get('last-event-id')).toBe('3')
  watched.close()
})

test('a 404 that the server did not write, as a proxy does while it restarts, is tried again', async () => {
  const standIn = createStandIn(() => 80)
  const app = standIn.addApp().snapshot.app.id
  let refused = 0
  const fetch = (path: unknown, init?: RequestInit): Promise<Response> => {
    if (refused === 2) return standIn.fetch(new Request(`http://localhost${path as string}`, init))
    refused += 1
    return Promise.resolve(new Response('404 page not found', { status: 404 }))
  }
  const watched = watch(standIn, app, { fetch })
  await vi.waitFor(() => expect(watched.statuses).toEqual(['connecting', 'away', 'live']))
  watched.close()
})

test('an app that is not there ends the following instead of trying for ever', async () => {
  const standIn = createStandIn(() => 80)
  const watched = watch(standIn, 'zzzzzz')
  await vi.waitFor(() => expect(watched.statuses).toEqual(['connecting', 'gone']))
  expect(standIn.received).toHaveLength(1)
})

test('closing leaves no connection behind', async () => {
  const standIn = createStandIn(() => 80)
  const app = standIn.addApp().snapshot.app.id
  const watched = watch(standIn, app)
  await vi.waitFor(() => expect(standIn.streams()).toBe(1))
  watched.close()
  await vi.waitFor(() => expect(standIn.streams()).toBe(0))
  expect(watched.statuses).not.toContain('away')
})

test('a page that is hidden for long lets go of its connection, and goes on where it was when it is looked at', async () => {
  const standIn = createStandIn(() => 80)
  const app = standIn.addApp().snapshot.app.id
  const listeners = new Set<() => void>()
  let hidden = false
  const visibility: Visibility = {
    isHidden: () => hidden,
    onChange: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
  const turn = (now: boolean): void => {
    hidden = now
    for (const listener of listeners) listener()
  }
  const watched = watch(standIn, app, { visibility, hiddenMs: 5 })
  await vi.waitFor(() => expect(standIn.streams()).toBe(1))
  turn(true)
  await vi.waitFor(() => expect(standIn.streams()).toBe(0))
  playTurn(standIn, app, 'A list').text('Said while nobody looked.')
  turn(false)
  await vi.waitFor(() => expect(watched.events).toHaveLength(standIn.app(app).log.length))
  expect(watched.snapshots).toHaveLength(1)
  expect(watched.statuses).toEqual(['connecting', 'live'])
  watched.close()
  await vi.waitFor(() => expect(listeners.size).toBe(0))
})
