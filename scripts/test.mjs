import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Runs what `bin/test` promises, in order, and ends with the plain line `N passed, N failed, N skipped`. */

const root = fileURLToPath(new URL('..', import.meta.url))
const args = process.argv.slice(2)
const all = args.includes('--all')
const room = args.find((arg) => !arg.startsWith('-'))
const rooms = [...readdirSync(join(root, 'packages')), 'e2e']
const bin = (name) => join(root, 'node_modules', name)

function die(text) {
  process.stderr.write(`${text}\n`)
  process.exit(1)
}

if (room !== undefined && !rooms.includes(room)) die(`There is no room "${room}". Rooms: ${rooms.join(', ')}.`)

const folders = ['/usr/bin', '/usr/sbin', '/usr/local/bin', '/opt/homebrew/bin']
const isMissing = (tool) => !folders.some((folder) => existsSync(join(folder, tool.split(':')[1] ?? tool)))
/** Without these the tests that need them are skipped, which counts as a failure in CI. */
const optionalTools = ['redis-server']

/** Debian packages that the tests drive; installed when we may, else said. */
function ensureTools() {
  const missing = ['chromium', 'nginx-light:nginx', 'bubblewrap:bwrap', ...optionalTools].filter(isMissing)
  if (missing.length === 0) return
  const names = missing.map((tool) => tool.split(':')[0])
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    const needed = names.filter((name) => !optionalTools.includes(name))
    if (needed.length > 0)
      die(`The tests drive ${needed.join(' and ')}. Install them first: sudo apt-get install ${needed.join(' ')}`)
    process.stderr.write(
      `Tests that need ${names.join(' and ')} are skipped: sudo apt-get install ${names.join(' ')}\n`,
    )
    return
  }
  process.stderr.write(`Installing ${names.join(', ')}…\n`)
  const quiet = { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } }
  execFileSync('apt-get', ['update', '-qq'], quiet)
  execFileSync('apt-get', ['install', '-y', '-qq', ...names], quiet)
}

const count = { passed: 0, failed: 0, skipped: 0 }

/** One check that is a command: passes when it exits 0. */
function check(name, file, ...rest) {
  const started = performance.now()
  const done = spawnSync(process.execPath, [file, ...rest], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] })
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  if (done.status === 0) count.passed += 1
  else count.failed += 1
  process.stdout.write(`${done.status === 0 ? 'ok  ' : 'FAIL'} ${name} (${seconds} s)\n`)
}

function vitest() {
  const folder = mkdtempSync(join(tmpdir(), 'overskill-test-'))
  const report = join(folder, 'report.json')
  const where = room ? [room === 'e2e' ? 'e2e/' : `packages/${room}/`] : []
  const env = { ...process.env, OVERSKILL_TEST_ALL: all ? '1' : '' }
  const command = [
    bin('vitest/vitest.mjs'),
    'run',
    ...where,
    '--reporter=default',
    '--reporter=json',
    `--outputFile=${report}`,
  ]
  const done = spawnSync(process.execPath, command, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], env })
  if (existsSync(report)) {
    const result = JSON.parse(readFileSync(report, 'utf8'))
    count.passed += result.numPassedTests
    count.failed += result.numFailedTests
    count.skipped += result.numPendingTests + (result.numTodoTests ?? 0)
    if (done.status !== 0 && result.numFailedTests === 0) count.failed += 1
  } else count.failed += 1
  rmSync(folder, { recursive: true, force: true })
}

ensureTools()
check('dependencies and studio', join(root, 'scripts/prepare.mjs'))
if (!room) {
  check('format', bin('oxfmt/bin/oxfmt'), '--check', '.')
  check('lint', bin('oxlint/bin/oxlint'), '--type-aware')
  check('types', bin('typescript/bin/tsc'), '-p', '.')
  check('lockfiles', join(root, 'scripts/complete-lockfile.mjs'), '--check')
  check('house', join(root, 'scripts/check-house.mjs'))
}
vitest()

const bad = count.failed > 0 || (process.env.CI === 'true' && count.skipped > 0)
process.stdout.write(`${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped\n`)
process.exit(bad ? 1 : 0)
