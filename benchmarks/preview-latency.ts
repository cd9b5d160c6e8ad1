import { assert } from '@overskill/protocol'
import { watchApp } from './app-watch.ts'
import { changedContent, changedFile, createReadingList, isDeployed, isTurnEnd } from './bench-app.ts'
import { judge, median, type Figure } from './figure.ts'
import { withProduct, type Product } from './product.ts'
import { besideLag, measureLag } from './references.ts'
import { startTimedModel, type Reply, type TimedModel } from './timed-model.ts'

const rounds = 5

/** One turn that changes one file, in ms. `previewMs`: from the end of the model's last message; `stages`: the deployment's own. */
type Turn = { previewMs: number; stages: { name: string; ms: number }[] }

/** From `message_stop` of a turn's last reply to its preview being on line, as a page hears of it. */
export async function measurePreviewLatency({ short = false } = {}): Promise<Figure[]> {
  const turnsPerRound = short ? 3 : 40
  const model = await startTimedModel()
  try {
    return await withProduct(model.env, async (product) => {
      const { app, files } = await createReadingList(product)
      const turn = (mark: number) => measureTurn(product, model, app.id, changedContent(files, String(mark)))
      await turn(0)
      const lagMs: number[] = []
      const measured: Turn[][] = []
      for (let round = 0; round < rounds; round += 1) {
        lagMs.push(await measureLag())
        const turns: Turn[] = []
        for (let index = 1; index <= turnsPerRound; index += 1) turns.push(await turn(round * turnsPerRound + index))
        measured.push(turns)
      }
      return [figureOf(measured, lagMs)]
    })
  } finally {
    await model.close()
  }
}

function figureOf(measured: readonly Turn[][], lagMs: readonly number[]): Figure {
  const turns = measured.flat()
  const names = [...new Set(turns.flatMap(({ stages }) => stages.map(({ name }) => name)))]
  const parts = names.map((name) => {
    const times = turns.flatMap(({ stages }) => stages.filter((stage) => stage.name === name).map(({ ms }) => ms))
    return `${name} ${Math.round(median(times))}`
  })
  return judge({
    name: 'end of model stream → preview deployed, p50',
    target: 1_000,
    unit: 'ms',
    rounds: measured.map((round) => median(round.map(({ previewMs }) => previewMs))),
    samples: turns.length,
    beside: besideLag(lagMs),
    note: `of that, ms: ${parts.join(', ')}`,
  })
}

async function measureTurn(product: Product, model: TimedModel, app: string, content: string): Promise<Turn> {
  const watch = await watchApp(product.port, app)
  try {
    let endedAt = 0
    model.script(
      (reply) => writeFile(reply, content),
      (reply) => {
        const index = reply.text()
        reply.delta(index, 'The page is as you asked.')
        reply.stop(index)
        endedAt = reply.end()
      },
    )
    const deployed = watch.next(isDeployed)
    const ended = watch.next(isTurnEnd)
    await product.call('POST', `/api/apps/${app}/messages`, { text: 'Change the page' })
    const { event, at } = await Promise.race([deployed, model.failed])
    assert(event.type === 'deployment.completed', `The preview comes on line: ${JSON.stringify(event)}`)
    await ended
    return { previewMs: at - endedAt, stages: event.deployment.stages }
  } finally {
    watch.close()
  }
}

function writeFile(reply: Reply, content: string): void {
  const input = JSON.stringify({ file_path: changedFile, content })
  const index = reply.tool('os-write')
  for (let at = 0; at < input.length; at += 400) reply.delta(index, input.slice(at, at + 400))
  reply.stop(index)
  reply.end()
}

if (import.meta.main) console.table(await measurePreviewLatency({ short: true }))
