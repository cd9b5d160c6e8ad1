import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

/** After a try that failed, starts do not wait for another one so soon, in ms. */
const TRY_AGAIN_MS = 24 * 60 * 60_000
const UPDATE_LIMIT_MS = 60_000
const INSTALL_LIMIT_MS = 180_000

/** A mirror that does not answer must not hold up a start. */
const APT = ['-qq', '-o', 'Acquire::Retries=1', '-o', 'Acquire::http::Timeout=10', '-o', 'DPkg::Lock::Timeout=20']

const ownNote = fileURLToPath(new URL('../.runtime/bubblewrap-refused', import.meta.url))

/** For tests, what differs from this machine. */
type Circumstances = {
  path?: string
  isRoot?: boolean
  isLinux?: boolean
  noteFile?: string
  say?: (line: string) => void
}

/**
 * Gets bubblewrap, in which builds are confined, where it is missing and we may. A start goes on without it: a line then
 * says what that means. Never throws.
 */
export function ensureBubblewrap({
  path = [process.env['PATH'], '/usr/bin', '/usr/local/bin'].join(delimiter),
  isRoot = process.getuid?.() === 0,
  isLinux = process.platform === 'linux',
  noteFile = ownNote,
  say = (line) => void process.stderr.write(`${line}\n`),
}: Circumstances = {}): void {
  if (!isLinux || find('bwrap', path)) return
  const apt = find('apt-get', path)
  if (apt && isRoot && !wasTriedLately(noteFile)) {
    say('Installing bubblewrap, in which builds are confined (once)…')
    if (install(apt, path) && find('bwrap', path)) return
    mkdirSync(dirname(noteFile), { recursive: true })
    writeFileSync(noteFile, '')
  }
  const how = apt ? `${isRoot ? '' : 'sudo '}apt-get install bubblewrap` : 'install the package bubblewrap'
  say(`Builds run in reduced mode, without a sandbox of the system: bubblewrap is missing. To change that: ${how}`)
}

function find(name: string, path: string): string | undefined {
  return path
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((file) => existsSync(file))
}

const wasTriedLately = (noteFile: string): boolean =>
  existsSync(noteFile) && Date.now() - statSync(noteFile).mtimeMs < TRY_AGAIN_MS

/** The lists of a fresh machine are empty: then they are got, and it is tried once more. */
function install(apt: string, path: string): boolean {
  const run = (timeout: number, ...args: string[]): boolean => {
    try {
      const env = { ...process.env, PATH: path, DEBIAN_FRONTEND: 'noninteractive' }
      execFileSync(apt, [...args, ...APT], { stdio: 'ignore', env, timeout })
      return true
    } catch {
      return false
    }
  }
  const attempt = (): boolean => run(INSTALL_LIMIT_MS, 'install', '-y', '--no-install-recommends', 'bubblewrap')
  return attempt() || (run(UPDATE_LIMIT_MS, 'update') && attempt())
}
