import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { constants, zstdCompressSync } from 'node:zlib'

/**
 * Makes fixtures/data-dir-<n>.tar.zst: a data directory as this version of the program leaves it, with an app of two versions,
 * one of them published. Every later version must open it (e2e/data-dir.test.ts). Run once when a landing changes what is
 * stored: node scripts/make-data-dir-fixture.mjs 2
 */

const number = process.argv[2]
if (!/^\d+$/.test(number ?? ''))
  throw new Error('Say the number of the fixture: node scripts/make-data-dir-fixture.mjs 2')
const root = fileURLToPath(new URL('..', import.meta.url))
const dataDir = mkdtempSync(join(tmpdir(), 'overskill-fixture-'))
const port = 4971

const call = (method, path, body) =>
  new Promise((resolve, reject) => {
    const headers = { host: `localhost:${port}`, 'content-type': 'application/json' }
    request({ host: '127.0.0.1', port, path: `/api${path}`, method, headers }, (response) => {
      let text = ''
      response.on('data', (part) => (text += part))
      response.on('end', () => resolve({ status: response.statusCode, body: text ? JSON.parse(text) : undefined }))
    })
      .on('error', reject)
      .end(body && JSON.stringify(body))
  })

async function until(what, ask) {
  for (const end = Date.now() + 120_000; Date.now() < end;) {
    if (await ask().catch(() => false)) return
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  throw new Error(`${what} did not come`)
}

const isIdle = async (id) => (await call('GET', `/apps/${id}`)).body.app.status === 'ready'

const server = spawn(process.execPath, ['packages/server/src/main.ts'], {
  cwd: root,
  env: { ...process.env, PORT: String(port), OVERSKILL_DATA_DIR: dataDir },
  stdio: ['ignore', 'ignore', 'inherit'],
})
const ended = new Promise((resolve) => server.once('exit', resolve))
try {
  await until('health', async () => (await call('GET', '/health')).status === 200)
  const prompt = 'A reading list for my book club with title, author and rating, in green'
  const { id } = (await call('POST', '/apps', { prompt })).body.app
  await until('the first version', () => isIdle(id))
  await call('POST', `/apps/${id}/deploy`, { environment: 'production' })
  await until('production', async () => (await call('GET', `/apps/${id}`)).body.app.productionUrl !== undefined)
  await call('POST', `/apps/${id}/messages`, { text: 'make it dark' })
  await until('the second version', async () => (await call('GET', `/apps/${id}`)).body.app.version === 2 && isIdle(id))
} finally {
  server.kill('SIGINT')
  await ended
}
const tar = execFileSync(
  'tar',
  ['-C', dataDir, '--exclude=./logs', '--exclude=./vendor', '--exclude=./postgres/postmaster.opts', '-cf', '-', '.'],
  {
    maxBuffer: 1 << 30,
  },
)
const file = join(root, `fixtures/data-dir-${number}.tar.zst`)
const params = {
  [constants.ZSTD_c_compressionLevel]: 19,
  [constants.ZSTD_c_enableLongDistanceMatching]: 1,
  [constants.ZSTD_c_windowLog]: 27,
}
const packed = zstdCompressSync(tar, { params })
writeFileSync(file, packed)
rmSync(dataDir, { recursive: true, force: true })
process.stdout.write(`${file}: ${(packed.length / 1e6).toFixed(1)} MB\n`)
