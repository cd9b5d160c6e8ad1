import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { createLivePreviewService, findDependencySet, openSandbox, type LivePreviewService } from '@overskill/builder'
import { assert, ok } from '@overskill/protocol'

const repositoryDir = dirname(dirname(fileURLToPath(import.meta.url)))
const START_MS = 60_000

/** A file that the bench writes again and again, and the page that shows it. */
export const MARK_FILE = 'src/components/bench-mark.tsx'
export const STYLE_FILE = 'src/index.css'

/** A component that shows a mark, has a class, and keeps a number of its own as long as its state is kept. */
export const markSource = (mark: string, className = 'p-1'): string => `import { useState } from 'react'
export function BenchMark() {
  const [born] = useState(() => Math.random())
  return <p id="bench-mark" className="${className}" data-born={born}>${mark}</p>
}
`

/** An app in a folder and in memory: the starter with the reading list over it, and the mark. */
export type LiveSubject = { tree: Map<string, Uint8Array>; dir: string; close(): Promise<void> }

export async function prepareLiveSubject(): Promise<LiveSubject> {
  const set = dependencySet()
  const tree = new Map<string, Uint8Array>()
  for (const folder of ['starter', 'benchmarks/fixtures/reading-list'])
    await readInto(tree, join(repositoryDir, folder))
  const app = new TextDecoder().decode(tree.get('src/App.tsx'))
  const marked = app.replace('<Routes>', '<><BenchMark /><Routes>').replace('</Routes>', '</Routes></>')
  assert(marked !== app, 'The app has routes')
  tree.set('src/App.tsx', encode(`import { BenchMark } from '@/components/bench-mark'\n${marked}`))
  tree.set(MARK_FILE, encode(markSource('start')))
  const dir = await realpath(await mkdtemp(join(tmpdir(), 'bench-live-')))
  for (const [path, content] of tree) {
    await mkdir(dirname(join(dir, path)), { recursive: true })
    await writeFile(join(dir, path), content)
  }
  // Second names of the set's files, not a link to the set: Vite writes into this folder, and Tailwind would follow a link.
  await promisify(execFile)('cp', ['-al', join(set.dir, 'node_modules'), join(dir, 'node_modules')])
  for (const name of TOOLCHAIN) {
    await mkdir(dirname(join(dir, 'node_modules', name)), { recursive: true })
    await symlink(join(repositoryDir, 'node_modules', name), join(dir, 'node_modules', name))
  }
  return { tree, dir, close: () => rm(dir, { recursive: true, force: true }) }
}

const dependencySet = (): ReturnType<typeof findDependencySet> => {
  const set = findDependencySet(repositoryDir)
  assert(set.present, 'The packages for apps are installed (node scripts/install-dependencies.mjs)')
  return set
}

/** What an app's own Vite needs besides its packages: of the repository, because a set has no toolchain in it. */
const TOOLCHAIN = ['vite', '@vitejs/plugin-react', '@tailwindcss/vite']

export const encode = (text: string): Uint8Array => new TextEncoder().encode(text)

async function readInto(tree: Map<string, Uint8Array>, folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    const path = relative(folder, join(entry.parentPath, entry.name))
    if (entry.isFile() && !/(?:^|\/)(?:node_modules|dist)\//.test(path))
      tree.set(path, await readFile(join(folder, path)))
  }
}

/** Our live pages behind a server of their own. */
export type OurLive = {
  service: LivePreviewService
  url(app: string): string
  open(app: string, tree: ReadonlyMap<string, Uint8Array>): Promise<void>
  close(): Promise<void>
}

export async function startOurLive(vendorCacheDir: string): Promise<OurLive> {
  const set = dependencySet()
  const log = { error: console.error, warn: () => {}, info: () => {} }
  const service = createLivePreviewService({
    sandbox: await openSandbox(),
    dependencies: { find: () => ok(set), obtain: async () => ok(set) },
    dependenciesDirs: [dirname(set.dir)],
    vendorCacheDir,
    frameAncestors: [],
    log,
    limits: { idleMs: 60 * 60_000 },
  })
  const appOf = (host = ''): string => /^live-([a-z0-9]+)\./.exec(host)?.[1] ?? ''
  const server = createServer((request, response) => service.handle(appOf(request.headers.host), request, response))
  server.on('upgrade', (request, socket, head) => service.upgrade(appOf(request.headers.host), request, socket, head))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    service,
    url: (app) => `http://live-${app}.localhost:${port}/`,
    async open(app, tree) {
      const outcome = await service.open(app, tree, { env: {}, signal: AbortSignal.timeout(START_MS) })
      assert(outcome.ok && outcome.value.status === 'ready', `The bench's app is shown: ${JSON.stringify(outcome)}`)
    },
    async close() {
      await service.end()
      server.closeAllConnections()
      server.close()
    },
  }
}

/** Plain `vite dev` on the folder, as its users start it. */
export async function startViteDev(dir: string): Promise<{ url: string; close(): Promise<void> }> {
  const vite = join(repositoryDir, 'node_modules/vite/bin/vite.js')
  const child = spawn(process.execPath, [vite, '--host', '127.0.0.1', '--port', '0'], {
    cwd: dir,
    env: { ...process.env, FORCE_COLOR: '0', NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const url = await addressOf(child)
  return {
    url,
    async close() {
      const exited = once(child, 'exit')
      child.kill('SIGKILL')
      await exited
    },
  }
}

function addressOf(child: ChildProcess): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const deadline = setTimeout(() => reject(new Error('vite dev did not start')), START_MS)
  let said = ''
  child.stdout?.on('data', (piece: Buffer) => {
    said += piece.toString()
    const found = /http:\/\/127\.0\.0\.1:\d+\//.exec(said)?.[0]
    if (found) resolve(found)
  })
  child.once('exit', () => reject(new Error(`vite dev ended: ${said}`)))
  return promise.finally(() => clearTimeout(deadline))
}
