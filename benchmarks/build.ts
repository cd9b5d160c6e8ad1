import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import {
  createFastBuildService,
  findDependencySet,
  openSandbox,
  type BuildResult,
  type DependencySet,
  type FastBuildService,
} from '@overskill/builder'
import { assert, must } from '@overskill/protocol'
import { median, type Figure } from './figure.ts'

const repositoryDir = dirname(dirname(fileURLToPath(import.meta.url)))
const ROUNDS = 5
const BUILDS_PER_ROUND = 3
const LIMIT_MS = 60_000
const CHANGED = 'src/App.tsx'

/** One app: the starter with the reading list over it, in memory for us and on disk for the command line. */
type Subject = { tree: Map<string, Uint8Array>; dir: string; starterSet: DependencySet }

/**
 * Builds the same app with `vite build` (a process each time, as its users run it) and with the warm builder, by turns,
 * one file changed before each round. Both minify and write source maps.
 */
export async function measureBuild(): Promise<Figure[]> {
  const subject = await prepare()
  const warm = await openService(subject)
  try {
    await mustBuild(warm, subject)
    const rounds: Round[] = []
    for (let round = 0; round < ROUNDS; round += 1) rounds.push(await measureRound(subject, warm, round))
    return figuresOf(rounds)
  } finally {
    await warm.close()
    await rm(subject.dir, { recursive: true, force: true })
  }
}

/** Times in milliseconds, sizes in bytes after gzip. */
type Round = { cliMs: number; warmMs: number[]; firstMs: number; cliBytes: number; ourBytes: number }

async function measureRound(subject: Subject, warm: FastBuildService, round: number): Promise<Round> {
  const change = async (mark: string): Promise<void> => {
    const source = new TextDecoder().decode(must(subject.tree.get(CHANGED), CHANGED)).split('\n//')[0]
    const text = `${source}\n//\ndocument.documentElement.dataset['mark'] = '${mark}'\n`
    subject.tree.set(CHANGED, new TextEncoder().encode(text))
    await writeFile(join(subject.dir, CHANGED), text)
  }
  await change(`p-[${round}px]`) // a new class each time, so that no side is spared its styles
  const cliMs = await timed(() => runCli(subject.dir))
  const warmMs: number[] = []
  let built: BuildResult | undefined
  for (let turn = 0; turn < BUILDS_PER_ROUND; turn += 1) {
    await change(`p-[${round}px] m-[${turn}px]`)
    warmMs.push(await timed(async () => void (built = await mustBuild(warm, subject))))
  }
  const fresh = await openService(subject)
  await fresh.check() // its process is there, its cache of packages is empty
  const firstMs = await timed(async () => void (await mustBuild(fresh, subject)))
  await fresh.close()
  return {
    cliMs,
    warmMs,
    firstMs,
    cliBytes: await gzippedFiles(subject.dir),
    ourBytes: gzippedArtifact(must(built, 'A build')),
  }
}

function figuresOf(rounds: readonly Round[]): Figure[] {
  const figure = (
    name: string,
    target: number,
    unit: string,
    pick: (round: Round) => [ours: number, cli: number],
    samples: number,
  ): Figure => {
    const pairs = rounds.map(pick)
    const ratios = pairs.map(([ours, cli]) => ours / cli)
    const ratio = median(ratios)
    return {
      name,
      target: `≤ ${target} × vite build`,
      value: median(pairs.map(([ours]) => ours)),
      unit,
      reference: { name: 'vite build (command line)', value: median(pairs.map(([, cli]) => cli)) },
      ratio,
      rounds: ratios,
      samples,
      pass: ratio <= target,
    }
  }
  return [
    figure(
      'warm build, starter-sized app, one file changed',
      0.5,
      'ms',
      (round) => [median(round.warmMs), round.cliMs],
      ROUNDS * BUILDS_PER_ROUND,
    ),
    figure('first build with packages never bundled before', 1, 'ms', (round) => [round.firstMs, round.cliMs], ROUNDS),
    figure(
      'scripts and styles of that app, gzip',
      1.1,
      'kB',
      (round) => [round.ourBytes / 1000, round.cliBytes / 1000],
      ROUNDS,
    ),
  ]
}

async function prepare(): Promise<Subject> {
  const set = findDependencySet(repositoryDir)
  assert(set.present, 'The packages for apps are installed (node scripts/install-dependencies.mjs)')
  const tree = new Map<string, Uint8Array>()
  for (const folder of ['starter', 'benchmarks/fixtures/reading-list'])
    await readInto(tree, join(repositoryDir, folder))
  // Below the repository, whose own Vite and plugins are the reference: an app's set has no toolchain in it.
  const dir = await mkdtemp(join(repositoryDir, '.runtime', 'bench-build-'))
  for (const [path, content] of tree) {
    await mkdir(dirname(join(dir, path)), { recursive: true })
    await writeFile(join(dir, path), content)
  }
  await symlink(join(set.dir, 'node_modules'), join(dir, 'node_modules'))
  return { tree, dir, starterSet: set }
}

async function readInto(tree: Map<string, Uint8Array>, folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    const path = relative(folder, join(entry.parentPath, entry.name))
    if (entry.isFile() && !/(?:^|\/)(?:node_modules|dist)\//.test(path))
      tree.set(path, await readFile(join(folder, path)))
  }
}

async function openService({ starterSet, dir }: Subject): Promise<FastBuildService> {
  const vendorCacheDir = await mkdtemp(join(dir, '.vendor-'))
  const log = { error: console.error, warn: console.error, info: () => {} }
  return createFastBuildService({ sandbox: await openSandbox(), starterSet, vendorCacheDir, log })
}

async function mustBuild(service: FastBuildService, { tree }: Subject): Promise<BuildResult> {
  const result = await service.build(tree, { signal: AbortSignal.timeout(LIMIT_MS), limitMs: LIMIT_MS })
  assert(result.ok, `The bench's app builds: ${JSON.stringify(result.ok ? '' : result.errors)}`)
  return result
}

async function runCli(dir: string): Promise<void> {
  const vite = join(repositoryDir, 'node_modules/vite/bin/vite.js')
  const child = spawn(process.execPath, [vite, 'build', '--sourcemap', '--logLevel', 'error'], {
    cwd: dir,
    stdio: ['ignore', 'ignore', 'inherit'],
    timeout: LIMIT_MS,
  })
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', resolve)
  })
  assert(code === 0, 'vite build succeeds')
}

async function timed(work: () => Promise<void>): Promise<number> {
  const startedAt = performance.now()
  await work()
  return performance.now() - startedAt
}

const SIZED = /\.(?:js|css)$/

async function gzippedFiles(dir: string): Promise<number> {
  let bytes = 0
  for (const entry of await readdir(join(dir, 'dist'), { withFileTypes: true, recursive: true }))
    if (SIZED.test(entry.name)) bytes += gzipSync(await readFile(join(entry.parentPath, entry.name))).length
  return bytes
}

function gzippedArtifact(result: BuildResult): number {
  if (!result.ok) return Number.NaN
  const sized = result.artifact.files.filter((file) => SIZED.test(file.path))
  return sized.reduce((sum, file) => sum + gzipSync(must(result.contents.get(file.hash), file.path)).length, 0)
}

if (import.meta.main) console.table(await measureBuild())
