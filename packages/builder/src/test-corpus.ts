import { spawn } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { assert } from '@overskill/protocol'
import { z } from 'zod'
import type { SourceTree } from './artifact.ts'
import { readTree, repositoryDir } from './test-builder.ts'

/** For tests: the apps of `fixtures/corpus`, their packages, and their own `vite build`. */

const corpusDir = join(repositoryDir, 'fixtures', 'corpus')
/** What tests of the corpus keep from run to run. */
export const corpusCacheDir = join(repositoryDir, '.runtime', 'corpus')
const LOCKFILES = ['bun.lock', 'package-lock.json', 'pnpm-lock.yaml']
const INSTALL_MS = 180_000
const BUILD_MS = 120_000

const Route = z.strictObject({
  path: z.string(),
  /** What is there when the page has settled, as a selector. */
  until: z.string(),
  /** More that has to be there by then. */
  also: z.array(z.string()).default([]),
  /** What to click then, and what is there when that has settled. */
  click: z.string().optional(),
  after: z.string().optional(),
})
export type CorpusRoute = z.infer<typeof Route>

const Plan = z.strictObject({
  shows: z.string(),
  /** A source too large to keep: made of numbered lines. */
  makes: z.strictObject({ path: z.string(), lines: z.int() }).optional(),
  routes: z.array(Route).min(1),
  /** Errors that packages report in development only. */
  saysInDevelopment: z.array(z.string()).default([]),
})

export type CorpusApp = {
  name: string
  plan: z.infer<typeof Plan>
  tree: SourceTree
  /** The `VITE_` values of its `.env`. */
  env: Record<string, string>
  /** Where the packages for its own build are: `node_modules` lies in it. */
  packagesDir: string
}

export const corpusNames = async (): Promise<string[]> =>
  (await readdir(corpusDir, { withFileTypes: true })).filter((entry) => entry.isDirectory()).map(({ name }) => name)

/** Reads an app and installs its packages, unless they are there from an earlier run. */
export async function openCorpusApp(name: string): Promise<CorpusApp> {
  const all = new Map(await readTree(join(corpusDir, name)))
  const plan = Plan.parse(JSON.parse(decode(all.get('corpus.json'))))
  all.delete('corpus.json')
  if (plan.makes) all.set(plan.makes.path, new TextEncoder().encode(starCatalogue(plan.makes.lines)))
  return { name, plan, tree: all, env: readEnv(decode(all.get('.env'))), packagesDir: await installPackages(all) }
}

const decode = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes)

/** Star after star, always the same ones. */
function starCatalogue(lines: number): string {
  let seed = 42
  const random = (): number => (seed = (seed * 48_271) % 2_147_483_647)
  const rows = Array.from({ length: lines }, (_, index) => {
    const [rise, fall, light] = [random() % 24_000, random() % 90_000, random() % 900]
    return `  { name: 'HC ${index}', ascension: ${rise / 1000}, declination: ${fall / 1000}, magnitude: ${light / 100}, sector: 'S${index % 88}' },`
  })
  return `export type Star = { name: string; ascension: number; declination: number; magnitude: number; sector: string }
export const stars: readonly Star[] = [\n${rows.join('\n')}\n]\n`
}

/** As far as the corpus uses the format: `NAME=value`, bare or in backticks. */
function readEnv(text: string): Record<string, string> {
  const values = [...text.matchAll(/^(VITE_\w+)=(.*)$/gm)].map(([, name = '', value = '']) => [
    name,
    value.replaceAll('`', ''),
  ])
  return Object.fromEntries(values) as Record<string, string>
}

async function installPackages(tree: SourceTree): Promise<string> {
  const asked = ['package.json', ...LOCKFILES].filter((name) => tree.has(name))
  const hash = createHash('sha256')
  for (const name of asked) hash.update(name).update(tree.get(name) ?? '')
  const dir = join(corpusCacheDir, hash.digest('hex').slice(0, 16))
  if (existsSync(dir)) return dir
  const made = `${dir}.${randomUUID()}`
  await mkdir(made, { recursive: true })
  for (const name of asked) await writeFile(join(made, name), tree.get(name) ?? '')
  const bun = join(repositoryDir, 'node_modules', '@oven', `bun-${process.platform}-${bunArch()}`, 'bin', 'bun')
  await run(bun, ['install', '--ignore-scripts', '--no-progress'], made, INSTALL_MS)
  await rename(made, dir).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error // else another test was faster
  })
  await rm(made, { recursive: true, force: true })
  return dir
}

const bunArch = (): string => (process.arch === 'arm64' ? 'aarch64' : process.arch)

/** Builds an app with the `vite build` of its own packages. The result lies in `dist` below the folder. */
export async function buildWithVite(app: CorpusApp): Promise<{ dir: string; [Symbol.asyncDispose](): Promise<void> }> {
  const parent = await mkdtemp(join(tmpdir(), 'corpus-')) // not in the repository: what git ignores, Tailwind does too
  const dir = join(parent, app.name)
  for (const [path, content] of app.tree) {
    await mkdir(dirname(join(dir, path)), { recursive: true })
    await writeFile(join(dir, path), content)
  }
  await symlink(join(app.packagesDir, 'node_modules'), join(dir, 'node_modules'))
  const vite = join(dir, 'node_modules', 'vite', 'bin', 'vite.js')
  await run(process.execPath, [vite, 'build', '--logLevel', 'error'], dir, BUILD_MS)
  return { dir: join(dir, 'dist'), [Symbol.asyncDispose]: () => rm(parent, { recursive: true, force: true }) }
}

async function run(command: string, args: readonly string[], cwd: string, timeout: number): Promise<void> {
  const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'], timeout, env: environment() })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece: Buffer) => (said += piece.toString()))
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  assert(code === 0, `${args.join(' ')} ended with ${code}: ${said.slice(-3_000)}`)
}

/** A test run's own variables mean something to Vite. */
function environment(): NodeJS.ProcessEnv {
  const { NODE_ENV: _mode, VITEST: _vitest, NODE_OPTIONS: _options, ...rest } = process.env
  return rest
}
