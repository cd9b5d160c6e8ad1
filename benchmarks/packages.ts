import { spawn } from 'node:child_process'
import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { createDependencyStore, type DependencyStore, starterStoreDir, starterWants } from '@overskill/builder'
import { assert, must } from '@overskill/protocol'
import { judge, median, type Figure } from './figure.ts'

const repository = fileURLToPath(new URL('..', import.meta.url))
const LIMIT_MS = 120_000
/** Small, well known, and not in the starter: one a round. */
const ADDED = ['zustand', 'nanoid', 'framer-motion', 'swr', 'immer']

type Round = { fetchedMs: number; storedMs: number; npmMs: number }

/**
 * Adds a package to the starter, by turns: by the store, which never saw it; by the store again, as a second app would; and by
 * `npm install` in a folder where everything else is installed. All three ask the registry that this machine's npm uses.
 */
export async function measurePackages({ short = false } = {}): Promise<Figure[]> {
  const dir = await mkdtemp(join(tmpdir(), 'bench-packages-'))
  const log = { error: console.error, warn: console.warn, info: () => undefined }
  const store = createDependencyStore({ dir: join(dir, 'store'), trustedDirs: [starterStoreDir(repository)], log })
  try {
    const app = await installWithNpm(dir)
    const rounds: Round[] = []
    for (const name of ADDED.slice(0, short ? 2 : ADDED.length)) {
      const fetchedMs = await timed(() => add(store, name))
      const npmMs = await timed(() => runNpm(app, ['install', name]))
      rounds.push({ fetchedMs, npmMs, storedMs: await timed(() => add(store, name)) })
    }
    return figuresOf(rounds)
  } finally {
    await store.close()
    await rm(dir, { recursive: true, force: true })
  }
}

function figuresOf(rounds: readonly Round[]): Figure[] {
  const ratios = rounds.map(({ fetchedMs, npmMs }) => fetchedMs / npmMs)
  const ratio = median(ratios)
  return [
    {
      name: 'add a package that is not in the store',
      target: '≤ 1 × npm install',
      value: median(rounds.map(({ fetchedMs }) => fetchedMs)),
      unit: 'ms',
      reference: { name: 'npm install', value: median(rounds.map(({ npmMs }) => npmMs)) },
      ratio,
      rounds: ratios,
      samples: rounds.length,
      pass: ratio <= 1,
      note: 'both from the registry; npm where all else is installed',
    },
    judge({
      name: 'add a package that is in the store',
      target: 300,
      unit: 'ms',
      rounds: rounds.map(({ storedMs }) => storedMs),
      samples: rounds.length,
      note: 'its newest version looked up, and its set',
    }),
  ]
}

/** What the tools and the API do: the range that package.json gets, then the set that it asks for. */
async function add(store: DependencyStore, name: string): Promise<void> {
  const before = starterWants(repository)
  const work = { signal: AbortSignal.timeout(LIMIT_MS), limitMs: LIMIT_MS }
  const resolved = await store.resolve([name], work)
  assert(resolved.ok, `${name} is in the registry`)
  const manifest = JSON.parse(new TextDecoder().decode(must(before.get('package.json'), 'package.json'))) as {
    dependencies: Record<string, string>
  }
  manifest.dependencies[name] = must(resolved.value[0], name).range
  const after = new Map([...before, ['package.json', new TextEncoder().encode(JSON.stringify(manifest))] as const])
  const set = await store.obtain(after, { ...work, after: before })
  assert(set.ok, `${name} is installed: ${set.ok ? '' : set.failure.detail}`)
}

async function installWithNpm(dir: string): Promise<string> {
  const app = join(dir, 'npm')
  await mkdir(app)
  for (const name of ['package.json', 'package-lock.json'])
    await copyFile(join(repository, 'starter', name), join(app, name))
  await runNpm(app, ['ci'])
  return app
}

async function runNpm(cwd: string, args: readonly string[]): Promise<void> {
  const options = [
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
    `--cache=${join(cwd, '..', 'cache')}`,
  ]
  const own = process.env['OVERSKILL_NPM_CLI']
  const [command, first] = own ? [process.execPath, [own]] : ['npm', []]
  const child = spawn(command, [...first, ...args, ...options], {
    cwd,
    stdio: ['ignore', 'ignore', 'inherit'],
    timeout: LIMIT_MS,
  })
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', resolve)
  })
  assert(code === 0, `npm ${args.join(' ')} succeeds`)
}

async function timed(work: () => Promise<void>): Promise<number> {
  const startedAt = performance.now()
  await work()
  return performance.now() - startedAt
}

if (import.meta.main) console.table(await measurePackages({ short: true }))
