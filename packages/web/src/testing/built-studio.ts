import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { access, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const web = join(import.meta.dirname, '..', '..')
const sources = ['src', 'public', 'index.html', 'vite.config.ts', 'package.json', '../protocol/src']

/** The folder of the studio as it is built from the sources that are here now; built once for each state of them. */
export async function builtStudio(): Promise<string> {
  const folder = join(tmpdir(), `overskill-studio-${await stateOfSources()}`)
  if (await exists(folder)) return folder
  const fresh = await mkdtemp(`${folder}-`)
  const vite = join(web, '..', '..', 'node_modules', 'vite', 'bin', 'vite.js')
  await promisify(execFile)(process.execPath, [vite, 'build', web, '--outDir', fresh, '--logLevel', 'error'], {
    env: { ...process.env, NODE_ENV: 'production' },
  })
  // Another test file may have been faster: what it built is the same.
  await rename(fresh, folder).catch(() => rm(fresh, { recursive: true, force: true }))
  return folder
}

async function stateOfSources(): Promise<string> {
  const hash = createHash('sha256')
  for (const source of sources) {
    const path = join(web, source)
    const names = (await stat(path)).isDirectory() ? await readdir(path, { recursive: true }) : ['']
    for (const name of names.filter((one) => !one.includes('.test.') && !one.startsWith('testing')).toSorted()) {
      const { mtimeMs, size } = await stat(join(path, name))
      hash.update(`${source}/${name} ${mtimeMs} ${size}\n`)
    }
  }
  return hash.digest('hex').slice(0, 16)
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )
