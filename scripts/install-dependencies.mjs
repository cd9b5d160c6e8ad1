#!/usr/bin/env node
/**
 * Installs the packages that apps may import, once per lockfile of the starter, into
 * `.runtime/dependencies/<key>/node_modules`. Done at once when they are there. No package's script runs. Two at a time
 * are harmless: each works in a folder of its own, and the first rename wins.
 */
import { spawn } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { findDependencySet } from '@overskill/builder'

const LIMIT_MS = 10 * 60_000
const repositoryDir = dirname(dirname(fileURLToPath(import.meta.url)))
const target = process.argv[2]
const set = findDependencySet(repositoryDir, target)

if (!set.present) {
  const parent = dirname(set.dir)
  mkdirSync(parent, { recursive: true })
  const work = mkdtempSync(join(parent, `.${set.key}-`))
  try {
    for (const name of ['package.json', 'package-lock.json'])
      copyFileSync(join(repositoryDir, 'starter', name), join(work, name))
    const startedAt = Date.now()
    process.stdout.write('Installing the packages that apps use (once) …\n')
    await installWith(work)
    put(work, set.dir)
    process.stdout.write(`Packages installed in ${((Date.now() - startedAt) / 1000).toFixed(1)} s.\n`)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

/** Runs `npm ci` there; ends it when it takes longer than the limit. */
async function installWith(dir) {
  const own = join(repositoryDir, '.runtime', 'node_modules', 'npm', 'bin', 'npm-cli.js')
  const options = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  const [command, args] = existsSync(own) ? [process.execPath, [own, ...options]] : ['npm', options]
  const child = spawn(command, args, {
    cwd: dir,
    stdio: ['ignore', 'inherit', 'inherit'],
    timeout: LIMIT_MS,
    killSignal: 'SIGKILL',
  })
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (exitCode, signal) => resolve(exitCode ?? signal))
  })
  if (code !== 0) {
    process.stderr.write(`The packages that apps use could not be installed (npm ended with ${code}).\n`)
    rmSync(dir, { recursive: true, force: true })
    process.exit(1)
  }
}

/** Moves the finished folder to its place; one that came first stays. */
function put(from, to) {
  try {
    renameSync(from, to)
  } catch (error) {
    if (!existsSync(join(to, 'node_modules'))) throw error
  }
}
