import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  createFastBuildService,
  findDependencySet,
  openSandbox,
  type FastBuildService,
  type Sandbox,
} from '@overskill/builder'
import { assert, must } from '@overskill/protocol'
import { median, type Figure } from './figure.ts'

const repositoryDir = dirname(dirname(fileURLToPath(import.meta.url)))
const ROUNDS = 25
const SHORT_ROUNDS = 10
const TARGET = 1.1
const LIMIT_MS = 60_000
const CHANGED = 'src/App.tsx'

/**
 * The same app, one file changed, built in the sandbox of the system and beside it: inside, outside, outside, inside, so that
 * a machine that grows slower does so for both.
 */
export async function measureConfinedBuild({ short } = { short: false }): Promise<Figure[]> {
  const sandbox = await openSandbox()
  assert(sandbox.mode.kind === 'bubblewrap', 'bubblewrap works on this machine')
  const folder = await mkdtemp(join(tmpdir(), 'bench-confined-'))
  const tree = await readApp()
  const inside = openService(sandbox, folder)
  const outside = openService(await openSandbox({ bubblewrap: null }), folder)
  try {
    for (const service of [inside, outside, inside, outside]) await timeBuild(service, tree)
    const pairs: Pair[] = []
    for (let round = 0; round < (short ? SHORT_ROUNDS : ROUNDS); round += 1)
      pairs.push(await measurePair({ inside, outside }, tree, round))
    return [figureOf(pairs)]
  } finally {
    await Promise.all([inside.close(), outside.close()])
    await rm(folder, { recursive: true, force: true })
  }
}

/** Milliseconds of one build, as the mean of two. */
type Pair = { inside: number; outside: number }

async function measurePair(
  { inside, outside }: { inside: FastBuildService; outside: FastBuildService },
  tree: Map<string, Uint8Array>,
  round: number,
): Promise<Pair> {
  const source = new TextDecoder().decode(must(tree.get(CHANGED), CHANGED)).split('\n//')[0]
  const times: number[] = []
  for (const [turn, service] of [inside, outside, outside, inside].entries()) {
    const mark = `p-[${round}px] m-[${turn % 2}px]` // new classes each time, so that no side is spared its styles
    tree.set(CHANGED, new TextEncoder().encode(`${source}\n//\ndocument.documentElement.dataset['mark'] = '${mark}'\n`))
    times.push(await timeBuild(service, tree))
  }
  const [first = 0, second = 0, third = 0, fourth = 0] = times
  return { inside: (first + fourth) / 2, outside: (second + third) / 2 }
}

async function timeBuild(service: FastBuildService, tree: Map<string, Uint8Array>): Promise<number> {
  const startedAt = performance.now()
  const result = await service.build(tree, { signal: AbortSignal.timeout(LIMIT_MS), limitMs: LIMIT_MS })
  assert(result.ok, `The bench's app builds: ${JSON.stringify(result.ok ? '' : result.errors)}`)
  return performance.now() - startedAt
}

function figureOf(pairs: readonly Pair[]): Figure {
  const rounds = pairs.map(({ inside, outside }) => inside / outside)
  const ratio = median(rounds)
  return {
    name: 'warm build inside the sandbox, starter-sized app',
    target: `≤ ${TARGET} × outside`,
    value: median(pairs.map(({ inside }) => inside)),
    unit: 'ms',
    reference: { name: 'the same build outside', value: median(pairs.map(({ outside }) => outside)) },
    ratio,
    rounds,
    samples: 4 * pairs.length,
    pass: ratio <= TARGET,
  }
}

/** Both share the cache of bundled packages, so that neither bundles in between. */
function openService(sandbox: Sandbox, folder: string): FastBuildService {
  return createFastBuildService({
    sandbox,
    starterSet: findDependencySet(repositoryDir),
    vendorCacheDir: join(folder, 'vendor'),
    log: { error: console.error, warn: () => {}, info: () => {} },
    limits: { builds: 1, recycleBuilds: 1_000, recycleBytes: 2_000_000_000, idleMs: LIMIT_MS * 10 },
  })
}

/** The starter with the reading list over it. */
async function readApp(): Promise<Map<string, Uint8Array>> {
  const tree = new Map<string, Uint8Array>()
  for (const folder of ['starter', 'benchmarks/fixtures/reading-list']) {
    const root = join(repositoryDir, folder)
    for (const entry of await readdir(root, { withFileTypes: true, recursive: true })) {
      const path = relative(root, join(entry.parentPath, entry.name))
      if (entry.isFile() && !/(?:^|\/)(?:node_modules|dist)\//.test(path))
        tree.set(path, await readFile(join(root, path)))
    }
  }
  return tree
}

if (import.meta.main) console.table(await measureConfinedBuild())
