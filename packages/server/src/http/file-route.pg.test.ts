import { expect, test } from 'vitest'
import { startTestServer } from './test-server.ts'

const server = await startTestServer()
const app = await server.createApp()
const at = (path: string) => `/api/apps/${app}/files/${path}`

test('a file goes in and comes out byte for byte, with its hash as ETag', async () => {
  const bytes = Buffer.from([0, 255, 128, 10, 13, 0])
  const put = await server.send({
    method: 'PUT',
    path: at('public/data.bin'),
    body: bytes,
    headers: { 'content-type': 'application/octet-stream' },
  })
  expect([put.status, (JSON.parse(put.body) as { version: { number: number } }).version.number]).toEqual([200, 1])
  const get = await server.send({ path: at('public/data.bin') })
  expect(get.bytes.equals(bytes)).toBe(true)
  expect(get.headers['etag']).toBe(put.headers['etag'])
  expect(get.headers['etag']).toMatch(/^"[0-9a-f]{64}"$/)
  expect(get.headers['overskill-state']).toBe('version 1')
  const same = await server.send({
    path: at('public/data.bin'),
    headers: { 'if-none-match': String(get.headers['etag']) },
  })
  expect([same.status, same.body]).toEqual([304, ''])
  expect((await server.send({ method: 'HEAD', path: at('public/data.bin') })).headers['content-length']).toBe('6')
})

test('a PUT that is repeated with its Idempotency-Key gets the ETag of the first again', async () => {
  const headers = { 'idempotency-key': 'saved' }
  const put = () => server.send({ method: 'PUT', path: at('saved.txt'), headers, body: 'once' })
  const [first, again] = [await put(), await put()]
  expect(first.headers['etag']).toMatch(/^"[0-9a-f]{64}"$/)
  expect(again.headers).toMatchObject({ 'idempotency-replayed': 'true', etag: first.headers['etag'] })
  expect(again.body).toBe(first.body)
})

test('names with spaces, brackets and other alphabets are names', async () => {
  const path = at(encodeURIComponent('src/Ünï cødé (1).txt').replaceAll('%2F', '/'))
  expect((await server.send({ method: 'PUT', path, body: 'x' })).status).toBe(200)
  expect((await server.send({ path })).body).toBe('x')
  expect((await server.send({ path: at('%zz') })).status).toBe(422)
})

test.each(['..%2f..%2fetc%2fpasswd', '%2fetc/passwd', 'a/%00', 'a%5c..%5cb'])('%s leads nowhere', async (path) => {
  for (const method of ['GET', 'PUT', 'DELETE']) {
    const { status } = await server.send({ method, path: at(path), ...(method === 'PUT' && { body: 'x' }) })
    expect([method, [404, 422].includes(status)]).toEqual([method, true])
  }
})

test('If-Match lets through who saw the newest content, and nobody else', async () => {
  const first = await server.send({ method: 'PUT', path: at('a.txt'), body: 'one' })
  const tag = String(first.headers['etag'])
  const put = (ifMatch: string, body: string) =>
    server.send({ method: 'PUT', path: at('a.txt'), headers: { 'if-match': ifMatch }, body })
  expect((await put(tag, 'two')).status).toBe(200)
  const late = await put(tag, 'three')
  expect([late.status, (JSON.parse(late.body) as { code: string }).code]).toEqual([412, 'precondition_failed'])
  expect((await put(`W/${tag}`, 'three')).status).toBe(412)
  expect((await put('*', 'three')).status).toBe(200)
  expect(
    (await server.send({ method: 'PUT', path: at('new.txt'), headers: { 'if-match': '*' }, body: 'x' })).status,
  ).toBe(412)
  expect((await server.send({ path: at('a.txt') })).body).toBe('three')
  const removed = await server.send({ method: 'DELETE', path: at('a.txt'), headers: { 'if-match': tag } })
  expect(removed.status).toBe(412)
  expect((await server.send({ method: 'DELETE', path: at('a.txt') })).status).toBe(200)
  expect((await server.send({ path: at('a.txt') })).status).toBe(404)
})

test("an app's files cannot run at the studio's address", async () => {
  await server.send({ method: 'PUT', path: at('evil.html'), body: '<script>1</script>' })
  const { headers } = await server.send({ path: at('evil.html') })
  expect(headers['content-security-policy']).toContain('sandbox')
  expect(headers['x-content-type-options']).toBe('nosniff')
  const visited = await server.send({ path: at('evil.html'), headers: { 'sec-fetch-dest': 'document' } })
  expect(visited.headers['content-disposition']).toBe('attachment')
  for (const dest of ['script', 'iframe', 'serviceworker', 'style']) {
    expect((await server.send({ path: at('evil.html'), headers: { 'sec-fetch-dest': dest } })).status).toBe(403)
  }
})

test('the list and the zip say which state they are, as a file does', async () => {
  const fresh = await server.createApp()
  const stateOf = async (path: string) =>
    (await server.send({ path: `/api/apps/${fresh}${path}` })).headers['overskill-state']
  const states = async (query = '') => [await stateOf(`/files${query}`), await stateOf(`/export.zip${query}`)]
  expect(await states()).toEqual(['draft', 'draft'])
  await server.send({ method: 'PUT', path: `/api/apps/${fresh}/files/a.txt`, body: 'one' })
  await server.send({ method: 'PUT', path: `/api/apps/${fresh}/files/a.txt`, body: 'two' })
  expect(await states()).toEqual(['version 2', 'version 2'])
  expect(await states('?version=1')).toEqual(['version 1', 'version 1'])
  const head = await server.send({ method: 'HEAD', path: `/api/apps/${fresh}/files` })
  expect(head.headers['overskill-state']).toBe('version 2')
})

test('a change takes no version', async () => {
  for (const method of ['PUT', 'DELETE']) {
    const path = `${at('versioned.txt')}?version=1`
    const { status, body } = await server.send({ method, path, ...(method === 'PUT' && { body: 'x' }) })
    expect([status, JSON.parse(body)]).toMatchObject([422, { errors: [{ path: 'version' }] }])
  }
  expect((await server.send({ path: at('versioned.txt') })).status).toBe(404)
})

test('the zip of a version is a zip', async () => {
  const zip = await server.send({ path: `/api/apps/${app}/export.zip` })
  expect([zip.status, zip.headers['content-type'], zip.bytes.subarray(0, 2).toString()]).toEqual([
    200,
    'application/zip',
    'PK',
  ])
  expect((await server.send({ path: `/api/apps/${app}/export.zip?version=999` })).status).toBe(404)
})

test('the list of files and the zip say which state they are of, as one file does', async () => {
  const list = `/api/apps/${app}/files`
  expect((await server.send({ path: `${list}?version=1` })).headers['overskill-state']).toBe('version 1')
  expect((await server.send({ path: list })).headers['overskill-state']).toMatch(/^version \d+$/)
  const zip = await server.send({ path: `/api/apps/${app}/export.zip?version=1` })
  expect([zip.status, zip.headers['overskill-state']]).toEqual([200, 'version 1'])
})

test('a file that is too large gets an answer that can be read, and leaves nothing', async () => {
  const body = Buffer.alloc(5_000_001, 120)
  const headers = { 'content-type': 'application/octet-stream' }
  const answer = await server.send({ method: 'PUT', path: at('public/large.bin'), body, headers })
  expect([answer.status, (JSON.parse(answer.body) as { code: string }).code]).toEqual([413, 'too_large'])
  expect((await server.send({ path: at('public/large.bin') })).status).toBe(404)
})
