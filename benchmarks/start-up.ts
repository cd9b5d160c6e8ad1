import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { assert } from '@overskill/protocol'
import { watchApp } from './app-watch.ts'
import { createApp, isDeployed, isTurnEnd } from './bench-app.ts'
import { judge, type Figure } from './figure.ts'
import { startProduct, withDataDir } from './product.ts'
import { besideLag, measureLag } from './references.ts'

const repository = fileURLToPath(new URL('..', import.meta.url))
const prompt = 'A reading list for my book club with title, author and rating, in green'

/** One life of a data dir, in ms: `startMs` are starts after the first. */
type Round = { firstStartMs: number; onLineMs: number; startMs: number[]; stopMs: number[]; lagMs: number }

/** A fresh data dir each round: the first app of the sample model, then stops and starts. */
export async function measureStartUp({ short = false } = {}): Promise<Figure[]> {
  const rounds: Round[] = []
  for (let round = 0; round < (short ? 2 : 5); round += 1) {
    const lagMs = await measureLag()
    rounds.push({ lagMs, ...(await withDataDir(measureRound)) })
  }
  const beside = besideLag(rounds.map(({ lagMs }) => lagMs))
  const figure = (name: string, target: number, pick: (round: Round) => number, note: string): Figure => {
    const values = rounds.map(pick)
    return judge({ name, target, unit: 'ms', rounds: values, samples: values.length, beside, note })
  }
  const first = 'fresh data dir; to the answer of the page at the preview host'
  return [
    figure('first app of the sample model on line after send', 25_000, ({ onLineMs }) => onLineMs, first),
    figure(
      'second start → healthy',
      3_000,
      ({ startMs }) => Math.max(...startMs),
      `of ${starter().name}; the slower of two`,
    ),
    figure('Ctrl-C → ended', 5_000, ({ stopMs }) => Math.max(...stopMs), 'the slowest of three in a round'),
  ]
}

async function measureRound(dataDir: string): Promise<Omit<Round, 'lagMs'>> {
  const product = await startProduct({ dataDir })
  const from = performance.now()
  const app = await createApp(product, { prompt })
  const watch = await watchApp(product.port, app.id)
  const deployed = watch.next(isDeployed)
  const ended = watch.next(isTurnEnd)
  const { event } = await deployed
  assert(event.type === 'deployment.completed', `The first app comes on line: ${JSON.stringify(event)}`)
  const page = await product.page(`preview-${app.id}`)
  const onLineMs = performance.now() - from
  assert(page.status === 200 && page.body.includes('<script'), `The preview answers ${page.status}`)
  await ended
  watch.close()
  const stopMs = [await product.stop()]
  const startMs: number[] = []
  for (let again = 0; again < 2; again += 1) {
    const started = await startProduct({ dataDir, command: starter().command })
    startMs.push(started.healthyMs)
    stopMs.push(await started.stop())
  }
  return { firstStartMs: product.healthyMs, onLineMs, startMs, stopMs }
}

/** `bin/start`, where it has nothing to get any more (as after `bin/bench`); else the program itself. */
function starter(): { name: string; command: [string, ...string[]] } {
  const stamp = join(repository, 'node_modules', '.overskill-stamp')
  const [now] = execFileSync('cksum', ['package-lock.json'], { cwd: repository, encoding: 'utf8' }).split(' package')
  const isReady = existsSync(stamp) && readFileSync(stamp, 'utf8').trim() === now
  return isReady
    ? { name: 'bin/start', command: [join(repository, 'bin', 'start')] }
    : { name: 'the program', command: [process.execPath, join(repository, 'packages/server/src/main.ts')] }
}

if (import.meta.main) console.table(await measureStartUp({ short: true }))
