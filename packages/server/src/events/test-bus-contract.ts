import { expect, test, vi } from 'vitest'
import type { BusMessage, EventBus } from './event-bus.ts'

/** Two ends of one bus, ready, and ended after the test: two processes, or one twice where there is but one. */
export type OpenBus = () => Promise<readonly [EventBus, EventBus]>

/** What every bus keeps to. */
export function testBusContract(open: OpenBus): void {
  test('what one says is heard by all, whole and in its order', async () => {
    const [here, there] = await open()
    const heard: [BusMessage[], BusMessage[]] = [[], []]
    here.hear((message) => heard[0].push(message))
    there.hear((message) => heard[1].push(message))
    const said: BusMessage[] = [
      { kind: 'events', app: 'aaaaaa', seq: 7 },
      { kind: 'stop', turn: 'turn_1' },
      { kind: 'events', app: 'aaaaaa', seq: 8 },
    ]
    for (const message of said) here.say(message)
    await vi.waitFor(() => expect(heard.map(withoutRepeats)).toEqual([said, said]))
  })

  test('who stops hearing hears nothing more', async () => {
    const [here, there] = await open()
    const heard: BusMessage[] = []
    const stopHearing = there.hear((message) => heard.push(message))
    const others: BusMessage[] = []
    there.hear((message) => others.push(message))
    stopHearing()
    here.say({ kind: 'stop', turn: 'turn_2' })
    await vi.waitFor(() => expect(others).toContainEqual({ kind: 'stop', turn: 'turn_2' }))
    expect(heard).toEqual([])
  })
}

/** Said by tests until it is heard: the bus is there then. */
export const hello: BusMessage = { kind: 'stop', turn: 'hello' }

/** What one says oneself may come back, and a greeting may be late. */
const withoutRepeats = (messages: readonly BusMessage[]): BusMessage[] =>
  [
    ...new Set(
      messages
        .filter((message) => !('turn' in message && message.turn === 'hello'))
        .map((message) => JSON.stringify(message)),
    ),
  ].map((text) => JSON.parse(text) as BusMessage)
