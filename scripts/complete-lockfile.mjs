import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/**
 * A lockfile that was written where a platform's native packages cannot be fetched leaves them out, and then `npm ci` refuses it
 * everywhere (npm's own bug: optional dependencies must be listed even where they are not installed). This adds what is
 * missing, by name and exact version; npm fetches and checks each on the platform that needs it.
 *
 * node scripts/complete-lockfile.mjs          completes package-lock.json and starter/package-lock.json
 * node scripts/complete-lockfile.mjs --check  exits 1 and names what is missing
 */

const files = ['package-lock.json', 'starter/package-lock.json'].map((file) =>
  fileURLToPath(new URL(`../${file}`, import.meta.url)),
)

/** What a native package's name says about where it runs: `…-linux-x64-musl`. */
export function platformOf(name) {
  const words = name.split(/[-/.]/)
  const pick = (known) => known.filter((word) => words.includes(word))
  const cpu = pick(['x64', 'arm64', 'ia32', 'ppc64', 'riscv64', 's390x', 'loong64'])
  if (cpu.length === 0 && words.includes('arm')) cpu.push('arm')
  const os = pick(['linux', 'darwin', 'win32', 'android', 'freebsd', 'openharmony'])
  const libc = words.some((word) => word.startsWith('musl'))
    ? ['musl']
    : words.some((word) => word.startsWith('gnu'))
      ? ['glibc']
      : []
  return { ...(cpu.length && { cpu }), ...(os.length && { os }), ...(libc.length && os.includes('linux') && { libc }) }
}

/** Optional dependencies that the lockfile's packages name and that it does not list. */
export function missingFrom(lock) {
  const missing = new Map()
  for (const [path, entry] of Object.entries(lock.packages)) {
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
      const places = [`${path}/node_modules/${name}`, `node_modules/${name}`]
      if (!places.some((place) => lock.packages[place]) && /^\d/.test(version))
        missing.set(name, { version, dev: entry.dev })
    }
  }
  return missing
}

/** The lockfile with everything listed, in npm's order. */
export function completed(lock) {
  const added = [...missingFrom(lock)].map(([name, { version, dev }]) => [
    `node_modules/${name}`,
    { version, ...(dev && { dev }), ...platformOf(name), optional: true },
  ])
  const packages = Object.fromEntries([...Object.entries(lock.packages), ...added].sort(([a], [b]) => (a < b ? -1 : 1)))
  return { ...lock, packages }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const file of files) {
    const lock = JSON.parse(readFileSync(file, 'utf8'))
    const missing = missingFrom(lock)
    if (missing.size === 0) continue
    if (process.argv.includes('--check')) {
      process.stderr.write(
        `${file} lists no ${[...missing.keys()].join(', ')}. Run: node scripts/complete-lockfile.mjs\n`,
      )
      process.exitCode = 1
    } else writeFileSync(file, `${JSON.stringify(completed(lock), null, 2)}\n`)
  }
}
