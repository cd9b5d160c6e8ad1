import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { readRecording, startReplayedModel, type RecordedTurn } from '@overskill/model-server'
import { assert, type Turn } from '@overskill/protocol'
import { watchApp } from './app-watch.ts'
import { createApp, isTurnEnd } from './bench-app.ts'
import { startProduct, withDataDir, type Product } from './product.ts'

/**
 * `overskill replay <folder> [--speed N] [--keep]`: plays a recorded turn (see OVERSKILL_RECORD) through the whole product on
 * a data dir of its own, without the model. Exits 0 when the turn completed, 1 when it ended otherwise.
 */

const say = (text: string): void => void process.stdout.write(`${text}\n`)
const limitMs = 20 * 60_000

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { speed: { type: 'string' }, keep: { type: 'boolean', default: false } },
})
const [command, folder] = positionals
const speed = values.speed === undefined ? Number.POSITIVE_INFINITY : Number(values.speed)
if (command !== 'replay' || folder === undefined || !(speed > 0)) {
  say('overskill replay <folder of a recorded turn> [--speed N] [--keep]')
  say('  --speed N  N times as fast as it was, 1 for its own pace; without it as fast as it goes')
  say('  --keep     leave the app running until Ctrl-C, to look at it')
  process.exit(2)
}
process.exitCode = await replay(resolve(process.env['OVERSKILL_CALLED_FROM'] ?? '', folder))

async function replay(from: string): Promise<number> {
  const recording = await readRecording(from)
  await using model = await startReplayedModel(recording, speed)
  return await withDataDir(async (dataDir) => {
    const product = await startProduct({ dataDir, env: environmentFor(recording.turn, model.url) })
    try {
      const turn = await play(product, recording.turn)
      say(`${turn.status}: ${turn.error?.message ?? `${turn.steps} replies, version ${turn.version ?? 'none'}`}`)
      say(`${model.asked} of ${recording.requests.length} recorded requests were asked for again.`)
      if (values.keep) await untilInterrupted()
      return turn.status === 'completed' ? 0 : 1
    } finally {
      await product.stop()
    }
  })
}

/** A provider that speaks the recorded protocol, at the address of the recording. */
function environmentFor({ model }: RecordedTurn, url: string): Record<string, string> {
  const [provider, name] = [model.slice(0, model.indexOf('/')), model.slice(model.indexOf('/') + 1)]
  const isMessages = provider === 'anthropic' || provider === 'sample'
  const variable = isMessages ? 'ANTHROPIC' : 'OPENAI'
  const named = `${isMessages ? 'anthropic' : 'openai'}/${name}`
  return { [`${variable}_API_KEY`]: 'replay', [`${variable}_BASE_URL`]: url, OVERSKILL_MODEL: named }
}

async function play(product: Product, { prompt, mode }: RecordedTurn): Promise<Turn> {
  const { id } = await createApp(product, {})
  say(`http://localhost:${product.port}/apps/${id}`)
  const watch = await watchApp(product.port, id)
  try {
    const ended = watch.next(isTurnEnd, limitMs)
    await product.call('POST', `/api/apps/${id}/messages`, { text: prompt, mode })
    const { event } = await ended
    assert('turn' in event && typeof event.turn === 'object', 'The end of a turn holds the turn')
    return event.turn
  } finally {
    watch.close()
  }
}

const untilInterrupted = (): Promise<void> =>
  new Promise((resolve) => {
    say('Press Ctrl-C to end.')
    process.once('SIGINT', () => resolve())
  })
