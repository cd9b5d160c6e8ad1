import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import process from 'node:process'
import { openSandbox } from '../sandbox/open-sandbox.ts'
import { repositoryDir } from '../test-builder.ts'
import type { StyleAnswer, StyleWork } from './style-request.ts'
import { createStyleService, type StyleLimits, type StyleService } from './style-service.ts'

/** For tests: a set with the packages that apps with Tailwind 3 bring, installed once. */
const PACKAGES = {
  '@tailwindcss/forms': '0.5.10',
  '@tailwindcss/typography': '0.5.16',
  clsx: '2.1.1',
  react: '18.3.1',
  'react-dom': '18.3.1',
  tailwindcss: '3.4.17',
  'tailwind-merge': '2.6.0',
  'tailwindcss-animate': '1.0.7',
}

/** Folder of the set, `node_modules` in it. */
export async function findStyleSet(): Promise<string> {
  const manifest = JSON.stringify({ name: 'app', private: true, dependencies: PACKAGES })
  const key = createHash('sha256').update(manifest).digest('hex').slice(0, 12)
  const dir = join(repositoryDir, '.runtime', 'test-sets', key)
  if (existsSync(join(dir, 'node_modules'))) return dir
  await mkdir(dirname(dir), { recursive: true })
  const making = await mkdtemp(`${dir}-making-`)
  await writeFile(join(making, 'package.json'), manifest)
  const own = createRequire(import.meta.url)
  const bun = dirname(own.resolve(`@oven/bun-${process.platform}-${process.arch}/package.json`))
  await promisify(execFile)(join(bun, 'bin', 'bun'), ['install', '--ignore-scripts'], { cwd: making })
  await rename(making, dir).catch(() => rm(making, { recursive: true, force: true })) // another test file was first
  return dir
}

export type TestStyles = {
  service: StyleService
  logged: string[]
  /** Compiles; `files` are the app's, as text. */
  compile(work: StyleWork, files?: Record<string, string>): Promise<StyleAnswer>
  [Symbol.asyncDispose](): Promise<void>
}

export async function startTestStyles(limits: Partial<StyleLimits> = {}): Promise<TestStyles> {
  const logged: string[] = []
  const note = (message: string, fields?: Record<string, unknown>): void =>
    void logged.push(`${message} ${JSON.stringify(fields ?? {})}`)
  const dir = await findStyleSet()
  const service = createStyleService({
    sandbox: await openSandbox(),
    log: { error: note, warn: note, info: note },
    limits,
  })
  return {
    service,
    logged,
    compile: (work, files = {}) =>
      service.compile(
        {
          work,
          dependencySet: { key: 'test', dir },
          tree: new Map(Object.entries(files).map(([path, text]) => [path, new TextEncoder().encode(text)])),
        },
        { signal: AbortSignal.timeout(60_000) },
      ),
    [Symbol.asyncDispose]: () => service.close(),
  }
}
