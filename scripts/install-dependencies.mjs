#!/usr/bin/env node
/**
 * Installs the packages that every new app may import, once per lockfile of the starter, into the store that comes with the
 * program (`.runtime/dependencies`). Done at once when they are there. No package's script runs. Two at a time are harmless.
 */
import { dirname } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { createDependencyStore, findDependencySet, starterStoreDir, starterWants } from '@overskill/builder'

const LIMIT_MS = 10 * 60_000
const repositoryDir = dirname(dirname(fileURLToPath(import.meta.url)))
const dir = process.argv[2] ?? starterStoreDir(repositoryDir)

if (!findDependencySet(repositoryDir, dir).present) {
  const startedAt = Date.now()
  process.stdout.write('Installing the packages that apps use (once) …\n')
  const say = (message, fields) => process.stderr.write(`${message} ${fields?.detail ?? ''}\n`)
  const store = createDependencyStore({ dir, log: { error: say, warn: say, info: () => undefined } })
  const fetched = { bytes: 0 }
  const done = await store.obtain(starterWants(repositoryDir), {
    signal: AbortSignal.timeout(LIMIT_MS),
    limitMs: LIMIT_MS,
    allowNew: ['*'], // our own lockfile, which was looked at
    onProgress: ({ bytes }) => (fetched.bytes = bytes),
  })
  await store.close()
  if (!done.ok) {
    process.stderr.write(`The packages that apps use could not be installed. ${done.failure.detail}\n`)
    process.exit(1)
  }
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1)
  process.stdout.write(`Packages installed in ${seconds} s (${(fetched.bytes / 1e6).toFixed(0)} MB).\n`)
}
