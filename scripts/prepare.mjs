import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ensureBubblewrap } from './ensure-bubblewrap.ts'

/**
 * What `bin/*` needs besides packages: the starter's dependencies in the shared store, the built studio, and the
 * sandbox that builds run in. Each is made once and again only when its input changed; a second run does nothing and
 * needs no network.
 */

const root = fileURLToPath(new URL('..', import.meta.url))
const run = (...args) => execFileSync(process.execPath, args, { cwd: root, stdio: ['ignore', 2, 2] })

const filesBelow = (folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/node_modules|[\\/]dist([\\/]|$)/.test(entry.parentPath))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()

function studioStamp() {
  const hash = createHash('sha256')
  for (const file of [
    ...filesBelow(join(root, 'packages/web')),
    ...filesBelow(join(root, 'packages/protocol/src')),
    join(root, 'package-lock.json'),
  ]) {
    hash.update(file.slice(root.length)).update(readFileSync(file))
  }
  return hash.digest('hex')
}

function buildStudio() {
  const stampFile = join(root, 'packages/web/dist/.stamp')
  const stamp = studioStamp()
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return
  process.stderr.write('Building the studio (once)…\n')
  run(join(root, 'node_modules/vite/bin/vite.js'), 'build', 'packages/web', '--logLevel', 'error')
  writeFileSync(stampFile, stamp)
}

/** Looking whether they are there costs a start of its own, so that is asked once per lockfile. */
function installDependencies() {
  const stampFile = join(root, '.runtime/dependencies/installed')
  const stamp = createHash('sha256')
    .update(readFileSync(join(root, 'starter/package-lock.json')))
    .digest('hex')
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return
  run(join(root, 'scripts/install-dependencies.mjs'))
  writeFileSync(stampFile, stamp)
}

ensureBubblewrap()
installDependencies()
buildStudio()
