import { setTimeout as delay } from 'node:timers/promises'
import type { AppEvent } from '@overskill/protocol'
import { followApp, type Follower } from './follow-app.ts'
import { promptOf } from './chaos-model.ts'
import { send } from '../program.ts'
import type { Random } from './seeded-random.ts'
import type { World } from './world.ts'

/** What one app has been asked for, and heard of. */
export type Played = {
  app: string
  name: string
  /** Every message that the server acknowledged, in their order, with its turn. */
  acknowledged: { number: number; message: string; turn: string }[]
  /** Turns that were told to be over, with how they ended. */
  ended: Map<string, string>
  follower: Follower
}

const turnLimitMs = 180_000
const giveUpMs = 90_000
const answerLimitMs = 20_000
/** People look at what they got before they write again. */
const longestPauseMs = 2_000

/**
 * Creates an app and plays its turns one after the other, now and then two at once, as a client that knows nothing of the
 * chaos: it asks again, with the same key, until it has an answer.
 *
 * @param isEnough Asked with the number of turns that have ended.
 */
export async function playApp(
  world: World,
  name: string,
  isEnough: (turns: number) => boolean,
  random: Random,
  onStart: (played: Played) => void,
): Promise<Played> {
  const web = world.nodes.filter(({ isWeb }) => isWeb)
  const at = () => random.pick(web)
  const created = await ask(at, '/api/apps', { name }, `${name} app`)
  const app = (created as { app: { id: string } }).app.id
  const played: Played = { app, name, acknowledged: [], ended: new Map(), follower: followApp(app, () => at().port) }
  onStart(played)
  for (let number = 1; !isEnough(number - 1);) {
    const together = random.next() < 0.2 ? 2 : 1
    for (const next of Array.from({ length: together }, (_, index) => number + index)) {
      const path = `/api/apps/${app}/messages`
      const sent = (await ask(at, path, { text: promptOf(name, next) }, `${name} ${next}`)) as Sent
      played.acknowledged.push({ number: next, message: sent.message.id, turn: sent.turn.id })
    }
    number += together
    for (const { turn } of played.acknowledged.slice(-together)) played.ended.set(turn, await endOf(played, turn))
    await delay(random.between(0, longestPauseMs))
  }
  return played
}

type Sent = { message: { id: string }; turn: { id: string } }

async function endOf({ follower }: Played, turn: string): Promise<string> {
  const isEnd = (event: AppEvent): boolean =>
    (event.type === 'turn.completed' || event.type === 'turn.failed' || event.type === 'turn.stopped') &&
    event.turn.id === turn
  return (await follower.until(isEnd, AbortSignal.timeout(turnLimitMs))).type
}

/** Posts until there is an answer that is not "try again". The same key each time: the work is done once. */
async function ask(at: () => World['nodes'][number], path: string, json: unknown, name: string): Promise<unknown> {
  const limit = Date.now() + giveUpMs
  const key = name.replaceAll(' ', '-')
  for (;;) {
    const answer = await send(at().port, { method: 'POST', path, json, key, limitMs: answerLimitMs }).catch(
      (error: unknown) => ({ status: 0, body: String(error) }),
    )
    if (answer.status >= 200 && answer.status < 300) return JSON.parse(answer.body) as unknown
    const mayPass = answer.status === 0 || answer.status === 409 || answer.status >= 500
    if (!mayPass || Date.now() > limit) throw new Error(`POST ${path}: ${answer.status} ${answer.body}`)
    await delay(200)
  }
}
