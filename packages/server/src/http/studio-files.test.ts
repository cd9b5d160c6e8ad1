import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { createStudioFiles } from './studio-files.ts'

const parent = await mkdtemp(join(tmpdir(), 'overskill-studio-'))
const folder = join(parent, 'dist')
await mkdir(join(folder, 'assets'), { recursive: true })
await writeFile(
  join(folder, 'index.html'),
  '<!doctype html><script>let a = 1</script><script type="module" src="/assets/a.js"></script>',
)
await writeFile(join(folder, 'assets', 'a-1234.js'), `export const a = '${'x'.repeat(2_000)}'`)
await writeFile(join(parent, 'secret.txt'), 'secret')
afterAll(() => rm(parent, { recursive: true, force: true }))

const files = createStudioFiles(folder, 'http://*.localhost:4000')
const get = (path: string, headers: Record<string, string> = {}) =>
  files(new Request(`http://localhost:4000${path}`, { headers }))

test('every route of the studio is its one page, with a policy that lets only its own scripts run and only apps be framed', async () => {
  for (const path of ['/', '/apps/abc123', '/apps/abc123/files/src/App.tsx']) {
    const page = await get(path, { accept: 'text/html' })
    expect([path, page.status, page.headers.get('content-type')]).toEqual([path, 200, 'text/html; charset=utf-8'])
    const policy = page.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'self'")
    expect(policy).toMatch(/script-src 'self' 'sha256-[\w+/=]{44}';/)
    expect(policy).toContain('frame-src http://*.localhost:4000;')
    expect(policy).toContain("frame-ancestors 'none'")
    expect(page.headers.get('cache-control')).toBe('no-cache')
    expect(page.headers.get('x-content-type-options')).toBe('nosniff')
  }
})

test('hashed assets are kept for ever, zipped for who takes it, and not sent again to who has them', async () => {
  const plain = await get('/assets/a-1234.js')
  expect(plain.headers.get('cache-control')).toContain('immutable')
  const zipped = await get('/assets/a-1234.js', { 'accept-encoding': 'gzip, br' })
  expect(zipped.headers.get('content-encoding')).toBe('gzip')
  expect(Number(zipped.headers.get('content-length'))).toBeLessThan(500)
  const again = await get('/assets/a-1234.js', { 'if-none-match': plain.headers.get('etag') ?? '' })
  expect([again.status, await again.text()]).toEqual([304, ''])
})

test('an asset that is not there answers 404, and nothing outside the folder is served', async () => {
  expect((await get('/assets/gone.js', { accept: 'text/html' })).status).toBe(404)
  for (const path of ['/..%2fsecret.txt', '/%2e%2e/secret.txt', '/assets/..%2f..%2fsecret.txt', '/a%00.txt', '/%zz']) {
    const found = await get(path)
    expect([path, (await found.text()).includes('secret')]).toEqual([path, false])
  }
})

test('a page that was rebuilt is served anew', async () => {
  await writeFile(join(folder, 'robots.txt'), 'one')
  expect(await (await get('/robots.txt')).text()).toBe('one')
  await writeFile(join(folder, 'robots.txt'), 'three')
  await utimes(join(folder, 'robots.txt'), new Date(), new Date(Date.now() + 5_000))
  expect(await (await get('/robots.txt')).text()).toBe('three')
})
