import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { limits } from '@overskill/protocol'
import { sql } from 'drizzle-orm'
import { routes } from './route-table.ts'
import { startTestServer } from './test-server.ts'

const server = await startTestServer()
const { db } = server.database

test('a path that is none answers 404, and a method that is none 405 with those that are', async () => {
  expect(await server.json({ path: '/api/nothing' })).toMatchObject({ code: 'not_found', status: 404 })
  expect(await server.json({ path: '/api' })).toMatchObject({ code: 'not_found', status: 404 })
  const wrong = await server.send({ method: 'PATCH', path: '/api/apps' })
  expect([wrong.status, wrong.headers['allow']]).toEqual([405, 'POST, GET'])
  expect(wrong.headers['content-type']).toBe('application/problem+json')
  expect((await server.send({ method: 'OPTIONS', path: '/api/apps' })).status).toBe(405)
  expect((await server.send({ method: 'POST', path: '/' })).status).toBe(405)
})

test('what a later release brings says so', async () => {
  expect(await server.json({ method: 'POST', path: '/api/uploads' })).toMatchObject({
    code: 'not_found',
    detail: 'This call is not built yet.',
  })
  const attached = await server.json<{ errors: unknown[] }>({
    method: 'POST',
    path: '/api/apps',
    json: { prompt: 'A', attachments: [] },
  })
  expect(attached.errors).toEqual([{ path: 'attachments', message: 'Attachments are not built yet.' }])
})

test('every wrong field is named with its path', async () => {
  const app = await server.createApp()
  const answer = await server.json<{ errors: { path: string }[] }>({
    method: 'POST',
    path: `/api/apps/${app}/files`,
    json: { changes: [{ path: '', content: 1 }], note: 2, app: 'other1' },
  })
  expect(answer).toMatchObject({ code: 'invalid', errors: [{ path: 'app', message: 'Unknown field.' }] })
  const more = await server.json<{ errors: { path: string }[] }>({
    method: 'POST',
    path: `/api/apps/${app}/files`,
    json: { changes: [{ path: '', content: 1, x: 1 }], note: 2 },
  })
  expect(more.errors.map(({ path }) => path).sort()).toEqual([
    'changes.0.content',
    'changes.0.path',
    'changes.0.x',
    'note',
  ])
})

test('unknown query fields are refused, on JSON calls and raw ones', async () => {
  const app = await server.createApp()
  for (const path of [
    `/api/apps?what=1`,
    `/api/apps/${app}/files?versio=1`,
    `/api/apps/${app}/export.zip?versio=1`,
    `/api/apps/${app}/events?from=1`,
  ]) {
    expect([path, (await server.send({ path })).status]).toEqual([path, 422])
  }
  expect((await server.send({ path: `/api/apps/${app}/export.zip?version=x` })).status).toBe(422)
})

test('a body over the limit answers 413, announced or not', async () => {
  const body = `{"prompt":"${'x'.repeat(limits.bodyBytes)}"}`
  const announced = await server.send({
    method: 'POST',
    path: '/api/apps',
    headers: { 'content-type': 'application/json' },
    body,
  })
  expect([announced.status, JSON.parse(announced.body).code]).toEqual([413, 'too_large'])
  const headers = { 'content-type': 'application/json', 'transfer-encoding': 'chunked' }
  const chunked = await server.send({ method: 'POST', path: '/api/apps', headers, body })
  expect(chunked.status).toBe(413)
})

test('a client that sends on after its body was refused can read why', async () => {
  const path = `/api/apps/${await server.createApp()}/files/big.bin`
  for (const bytes of [limits.binaryFileBytes + 1, limits.binaryFileBytes * 1.8]) {
    for (const headers of [{ 'content-length': bytes }, { 'transfer-encoding': 'chunked' }]) {
      const heard = await sendSlowly(path, headers, bytes)
      expect(heard).toMatch(/^HTTP\/1\.1 413 /)
      expect(heard).toContain('"code":"too_large"')
    }
  }
})

/** What is heard after this head and no body. */
async function exchange(line: string, headers: string[]): Promise<string> {
  const socket = connect(server.config.port, '127.0.0.1')
  socket.write([line, ...headers, 'connection: close', '', ''].join('\r\n'))
  return text(socket)
}

/** Sends a body in pieces, reads only what comes before the connection breaks. */
function sendSlowly(path: string, headers: Record<string, string | number>, bytes: number): Promise<string> {
  return new Promise((resolve) => {
    let heard = ''
    const socket = connect(server.config.port, '127.0.0.1')
    const isChunked = 'transfer-encoding' in headers
    const piece = Buffer.alloc(500_000)
    const framed = isChunked ? Buffer.concat([Buffer.from('7a120\r\n'), piece, Buffer.from('\r\n')]) : piece
    const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
    socket.write(`PUT ${path} HTTP/1.1\r\nhost: localhost:${server.config.port}\r\n${head.join('')}\r\n`)
    let left = bytes
    const more = (): void => {
      if (left <= 0 || socket.destroyed) return
      const last = left <= piece.length
      left -= piece.length
      const rest = isChunked ? framed : piece.subarray(0, left + piece.length)
      socket.write(last && isChunked ? Buffer.concat([framed, Buffer.from('0\r\n\r\n')]) : rest, more)
    }
    more()
    socket.on('data', (chunk) => (heard += chunk.toString()))
    socket.on('error', () => {}) // the server may close while pieces are under way
    socket.on('close', () => resolve(heard))
  })
}

test('a mutation that has no body at all is answered', async () => {
  const app = await server.createApp()
  expect((await server.send({ method: 'DELETE', path: `/api/apps/${app}` })).status).toBe(200)
  const undelete = await exchange(`POST /api/apps/${app}/undelete HTTP/1.1`, [`host: localhost:${server.config.port}`])
  expect(undelete).toMatch(/^HTTP\/1\.1 200 /)
})

test('a path that is no URL is told what is wrong', async () => {
  for (const path of ['/src\\x', '/api/apps\\x']) {
    const { status, headers, body } = await server.send({ path })
    expect([status, headers['content-type']]).toEqual([422, 'application/problem+json'])
    expect(JSON.parse(body)).toMatchObject({ code: 'invalid' })
  }
})

test('HEAD answers as GET does, without the body', async () => {
  const [get, head] = [
    await server.send({ path: '/api/apps' }),
    await server.send({ method: 'HEAD', path: '/api/apps' }),
  ]
  expect([head.status, head.body, head.headers['content-type']]).toEqual([get.status, '', get.headers['content-type']])
})

test('answers are never cached, sniffed, framed or shared, and carry a request id', async () => {
  const { headers } = await server.send({ path: '/api/apps' })
  expect(headers).toMatchObject({
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'cross-origin-resource-policy': 'same-origin',
    'x-request-id': expect.stringMatching(/^req_/) as string,
  })
  expect(headers['content-security-policy']).toContain("frame-ancestors 'none'")
})

test('the OpenAPI document has every call that is built', async () => {
  const document = await server.json<{ openapi: string; paths: Record<string, Record<string, unknown>> }>({
    path: '/api/openapi.json',
  })
  expect(document.openapi).toMatch(/^3\.1/)
  for (const { method, path, kind } of routes) {
    const operation = document.paths[path.replace('{+path}', '{path}')]?.[method.toLowerCase()]
    expect([method, path, operation !== undefined]).toEqual([method, path, kind !== 'later'])
  }
})

test('health says how each part is', async () => {
  const health = await server.json<{ checks: object }>({ path: '/api/health' })
  expect(Object.keys(health.checks).sort()).toEqual(['builder', 'database', 'dispatch', 'edge', 'model'])
})

const keyed = (key: string, json: object) => ({
  method: 'POST',
  path: '/api/apps',
  headers: { 'idempotency-key': key },
  json,
})

test('a repeated mutation with one key happens once and gets the first answer', async () => {
  const first = await server.send(keyed('k1', { name: 'Once' }))
  const again = await server.send(keyed('k1', { name: 'Once' }))
  expect([again.status, again.body, again.headers['idempotency-replayed']]).toEqual([201, first.body, 'true'])
  expect(first.headers['idempotency-replayed']).toBeUndefined()
  expect((await server.send(keyed('k1', { name: 'Other' }))).status).toBe(422)
  const found = await db.execute(sql`select 1 from apps where name = 'Once'`)
  expect(found.rowCount).toBe(1)
})

test('a failure is repeated as the problem that it was', async () => {
  const first = await server.send(keyed('k2', { name: '' }))
  const again = await server.send(keyed('k2', { name: '' }))
  expect([again.status, again.body, again.headers['content-type']]).toEqual([
    422,
    first.body,
    'application/problem+json',
  ])
})

test('of twenty requests with one key at once, one runs; the others hear its answer or that it runs', async () => {
  const all = await Promise.all(Array.from({ length: 20 }, () => server.send(keyed('k3', { name: 'Twenty' }))))
  expect(all.every(({ status }) => status === 201 || status === 409)).toBe(true)
  expect((await db.execute(sql`select 1 from apps where name = 'Twenty'`)).rowCount).toBe(1)
})
