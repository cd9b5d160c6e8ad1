import { readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { FastBuildService } from '@overskill/builder'
import { must } from '@overskill/protocol'
import {
  changeFile,
  mustBuild,
  openService,
  repositoryDir,
  runCli,
  timed,
  withSubject,
  type Built,
  type Subject,
} from './build-subject.ts'
import { median, type Figure } from './figure.ts'

const ROUNDS = 5
const BUILDS_PER_ROUND = 3
const CHANGED = 'src/App.tsx'

/**
 * Builds the same app with `vite build` (a process each time, as its users run it) and with the warm builder, by turns,
 * one file changed before each round. Both minify and write source maps.
 */
export async function measureBuild(): Promise<Figure[]> {
  return withSubject(await readApp(), async (subject) => {
    const warm = await openService(subject)
    try {
      await mustBuild(warm, subject)
      const rounds: Round[] = []
      for (let round = 0; round < ROUNDS; round += 1) rounds.push(await measureRound(subject, warm, round))
      return figuresOf(rounds)
    } finally {
      await warm.close()
    }
  })
}

/** Times in milliseconds, sizes in bytes after gzip. */
type Round = { cliMs: number; warmMs: number[]; firstMs: number; cliBytes: number; ourBytes: number }

async function measureRound(subject: Subject, warm: FastBuildService, round: number): Promise<Round> {
  const change = (mark: string): Promise<void> => changeFile(subject, CHANGED, mark)
  await change(`p-[${round}px]`) // a new class each time, so that no side is spared its styles
  const cliMs = await timed(() => runCli(subject.dir))
  const warmMs: number[] = []
  let built: Built | undefined
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

/** The starter with the reading list over it. */
async function readApp(): Promise<Map<string, Uint8Array>> {
  const tree = new Map<string, Uint8Array>()
  for (const folder of ['starter', 'benchmarks/fixtures/reading-list'])
    await readInto(tree, join(repositoryDir, folder))
  return tree
}

async function readInto(tree: Map<string, Uint8Array>, folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    const path = relative(folder, join(entry.parentPath, entry.name))
    if (entry.isFile() && !/(?:^|\/)(?:node_modules|dist)\//.test(path))
      tree.set(path, await readFile(join(folder, path)))
  }
}

const SIZED = /\.(?:js|css)$/

async function gzippedFiles(dir: string): Promise<number> {
  let bytes = 0
  for (const entry of await readdir(join(dir, 'dist'), { withFileTypes: true, recursive: true }))
    if (SIZED.test(entry.name)) bytes += gzipSync(await readFile(join(entry.parentPath, entry.name))).length
  return bytes
}

function gzippedArtifact({ artifact, contents }: Built): number {
  const sized = artifact.files.filter((file) => SIZED.test(file.path))
  return sized.reduce((sum, file) => sum + gzipSync(must(contents.get(file.hash), file.path)).length, 0)
}

if (import.meta.main) console.table(await measureBuild())
