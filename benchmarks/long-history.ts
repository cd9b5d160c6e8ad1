import { assert } from '@overskill/protocol'
import { watchApp } from './app-watch.ts'
import { createApp, isTurnEnd } from './bench-app.ts'
import { median, type Figure } from './figure.ts'
import { ownCpu } from './process-cpu.ts'
import { withProduct } from './product.ts'
import { startTimedModel, type Reply } from './timed-model.ts'

const turnsPerRound = 9

/** What a turn costs the server when a conversation is long: the newest of 200 turns beside the first ones. */
export async function measureLongHistory({ short = false } = {}): Promise<Figure[]> {
  const turns = short ? 40 : 200
  const model = await startTimedModel((body) => (endsWithResults(body) ? finish : writeFile))
  try {
    return await withProduct(model.env, async (product) => {
      const { id } = await createApp(product, { name: 'Long' })
      const watch = await watchApp(product.port, id)
      const costs: number[] = []
      for (let turn = 0; turn <= turns; turn += 1) {
        const before = ownCpu(product.pid)
        const ended = watch.next(isTurnEnd)
        await product.call('POST', `/api/apps/${id}/messages`, { text: `Change number ${turn}` })
        const { event } = await Promise.race([ended, model.failed])
        assert(event.type === 'turn.completed', `Turn ${turn} completes: ${JSON.stringify(event)}`)
        costs.push((ownCpu(product.pid) - before) / 1e6)
        watch.seen.length = 0
      }
      watch.close()
      const first = costs.slice(1, 1 + turnsPerRound) // the very first compiles
      const newest = costs.slice(-turnsPerRound)
      const ratio = median(newest) / median(first)
      return [
        {
          name: `server CPU of turn ${turns} beside turn 1`,
          target: '≤ 1.2 ×',
          value: ratio,
          unit: '×',
          reference: { name: 'turns 1 to 9', value: median(first), unit: 'ms', rounds: first },
          rounds: newest.map((cost) => cost / median(first)),
          samples: newest.length,
          pass: ratio <= 1.2,
          note: `${Math.round(median(newest))} ms of the server process, one call and two replies a turn; builds run in their own process`,
        },
      ]
    })
  } finally {
    await model.close()
  }
}

const endsWithResults = (body: string): boolean => body.lastIndexOf('"tool_result"') > body.lastIndexOf('Change number')

let written = 0

function writeFile(reply: Reply): void {
  say(reply, 'I change a file.')
  const content = `export const written = ${(written += 1)}\n`
  const index = reply.tool('os-write')
  reply.delta(index, JSON.stringify({ file_path: 'src/bench/file.ts', content }))
  reply.stop(index)
  reply.end()
}

function finish(reply: Reply): void {
  say(reply, 'It is changed.')
  reply.end()
}

function say(reply: Reply, words: string): void {
  const index = reply.text()
  reply.delta(index, words)
  reply.stop(index)
}

if (import.meta.main) console.table(await measureLongHistory({ short: true }))
