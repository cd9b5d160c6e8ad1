import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import {
  createFastBuildService,
  findDependencySet,
  openSandbox,
  type BuildResult,
  type DependencySet,
  type FastBuildService,
} from '@overskill/builder'
import { assert, must } from '@overskill/protocol'

export const repositoryDir = dirname(dirname(fileURLToPath(import.meta.url)))
const LIMIT_MS = 120_000

/** An app that is built on both sides: in memory for us, in a folder with packages for the command line. */
export type Subject = { tree: Map<string, Uint8Array>; dir: string; starterSet: DependencySet }

/** Runs `work` with the app in a folder of its own, which is gone afterwards. */
export async function withSubject<T>(
  tree: Map<string, Uint8Array>,
  work: (subject: Subject) => Promise<T>,
): Promise<T> {
  const starterSet = findDependencySet(repositoryDir)
  assert(starterSet.present, 'The packages for apps are installed (node scripts/install-dependencies.mjs)')
  const dir = await mkdtemp(join(tmpdir(), 'bench-build-'))
  try {
    for (const [path, content] of tree) {
      await mkdir(dirname(join(dir, path)), { recursive: true })
      await writeFile(join(dir, path), content)
    }
    await linkPackages(starterSet, join(dir, 'node_modules'))
    return await work({ tree, dir, starterSet })
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

/** What `vite build` needs besides: an app's set has no toolchain in it, so it is the repository's own. */
const TOOLCHAIN = ['vite', '@vitejs/plugin-react', '@tailwindcss/vite', 'tailwindcss']

/** Not below the repository, whose toolchain would be found there: what git ignores, Tailwind does not read. */
async function linkPackages(set: DependencySet, folder: string): Promise<void> {
  const modules = join(set.dir, 'node_modules')
  const namesIn = async (name: string): Promise<string[]> =>
    name.startsWith('@') ? (await readdir(join(modules, name))).map((own) => `${name}/${own}`) : [name]
  const top = (await readdir(modules)).filter((name) => !name.startsWith('.'))
  const names = (await Promise.all(top.map(namesIn))).flat()
  const targets = new Map(names.map((name) => [name, join(modules, name)]))
  for (const name of TOOLCHAIN) targets.set(name, join(repositoryDir, 'node_modules', name))
  for (const [name, target] of targets) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await symlink(target, join(folder, name))
  }
}

/** Changes a file on both sides in a way that no minifier leaves out. A class in `mark` is a new one for Tailwind. */
export async function changeFile({ tree, dir }: Subject, path: string, mark: string): Promise<void> {
  const source = new TextDecoder().decode(must(tree.get(path), path)).split('\n//')[0]
  const text = `${source}\n//\ndocument.documentElement.dataset['mark'] = '${mark}'\n`
  tree.set(path, new TextEncoder().encode(text))
  await writeFile(join(dir, path), text)
}

/** A builder with an empty cache of bundled packages. */
export async function openService({ starterSet, dir }: Subject): Promise<FastBuildService> {
  const vendorCacheDir = await mkdtemp(join(dir, '.vendor-'))
  const log = { error: console.error, warn: console.error, info: () => {} }
  return createFastBuildService({ sandbox: await openSandbox(), starterSet, vendorCacheDir, log })
}

export type Built = Extract<BuildResult, { ok: true }>

export async function mustBuild(service: FastBuildService, { tree }: Subject): Promise<Built> {
  const result = await service.build(tree, { signal: AbortSignal.timeout(LIMIT_MS), limitMs: LIMIT_MS })
  if (!result.ok) throw new Error(`The bench's app builds: ${JSON.stringify(result.errors)}`)
  return result
}

/** `vite build` as its users run it: a process each time, with source maps, as we write them. */
export async function runCli(dir: string): Promise<void> {
  const vite = join(dir, 'node_modules/vite/bin/vite.js')
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

/** How long something takes, in milliseconds. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now()
  await work()
  return performance.now() - startedAt
}
