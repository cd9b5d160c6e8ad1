import { spawn } from 'node:child_process'
import { connect, createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import process from 'node:process'

/**
 * The confined process that resolves versions: bun, which writes `bun.lock` into a folder and fetches no archive, and a relay
 * from a port of its own loopback to the registry door, which is its only way out. It never outlives its owner or its limit.
 */
const [dir = '', bun = '', socket = '', limitMs = '0'] = process.argv.slice(2)

const relay = createServer((inner) => {
  const outer = connect(socket)
  for (const end of [inner, outer]) end.on('error', () => [inner, outer].forEach((each) => each.destroy()))
  inner.pipe(outer).pipe(inner)
})
relay.listen(0, '127.0.0.1', () => {
  const { port } = relay.address() as AddressInfo
  const options = ['--lockfile-only', '--save-text-lockfile', '--ignore-scripts', '--no-progress', '--linker=hoisted']
  const child = spawn(bun, ['install', ...options, `--registry=http://127.0.0.1:${port}/`], {
    cwd: dir,
    env: { HOME: dir, TMPDIR: dir, BUN_INSTALL_CACHE_DIR: join(dir, 'cache'), DO_NOT_TRACK: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const end = (code: number): void => {
    child.kill('SIGKILL')
    process.exit(code)
  }
  child.stdout.pipe(process.stderr, { end: false })
  child.stderr.pipe(process.stderr, { end: false })
  child.once('error', (error) => {
    process.stderr.write(`${error.message}\n`)
    end(1)
  })
  child.once('close', (code) => end(code ?? 1))
  setTimeout(() => end(1), Number(limitMs))
  process.stdin.on('end', () => end(1)).resume()
})
