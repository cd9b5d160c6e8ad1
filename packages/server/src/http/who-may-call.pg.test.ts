import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { newId } from '@overskill/protocol'
import { routes, type Route } from './route-table.ts'
import { startTestServer, type Received } from './test-server.ts'

const server = await startTestServer()
const app = await server.createApp()
const { port } = server.config

const ids: Record<string, string> = {
  app,
  '+path': 'src/a.txt',
  message: newId('msg'),
  turn: newId('turn'),
  deployment: newId('dep'),
  version: '1',
  step: '1',
}
const pathOf = (route: Route, values = ids): string =>
  `/api${route.path.replace(/\{(\+?\w+)\}/g, (_, name: string) => values[name] ?? 'missing')}`

const problem = (received: Received) => {
  expect(received.headers['content-type']).toBe('application/problem+json')
  expect(received.body).not.toMatch(/node_modules|\.ts:\d+|\bat .*\(/)
  return JSON.parse(received.body) as {
    code: string
    status: number
    detail: string
    errors?: { path: string; message: string }[]
  }
}

/** What an app's page, a foreign page and a rebinding name can make a browser send. */
const refused: [string, Record<string, string>, number, string][] = [
  ['a foreign Host', { host: 'example.com' }, 421, 'wrong_host'],
  ['a Host that ends like ours', { host: 'evillocalhost' }, 421, 'wrong_host'],
  ['a Host below an app', { host: `a.preview-${app}.localhost:${port}` }, 421, 'wrong_host'],
  ['a foreign Origin', { origin: 'https://example.com' }, 403, 'forbidden'],
  ['the Origin of a sandboxed page', { origin: 'null' }, 403, 'forbidden'],
  ['the Origin of a preview', { origin: `http://preview-${app}.localhost:${port}` }, 403, 'forbidden'],
  ['the Origin of a published app', { origin: `http://shelf.localhost:${port}` }, 403, 'forbidden'],
  ['the Origin of another port', { origin: `http://localhost:${port + 1}` }, 403, 'forbidden'],
  ['Sec-Fetch-Site cross-site', { 'sec-fetch-site': 'cross-site' }, 403, 'forbidden'],
  ['Sec-Fetch-Site same-site', { 'sec-fetch-site': 'same-site' }, 403, 'forbidden'],
  [
    'a link from elsewhere',
    { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' },
    403,
    'forbidden',
  ],
]

const withBody = routes.filter(({ kind, method }) => kind === 'json' && method !== 'GET')
const ofApp = routes.filter(({ path }) => path.includes('{app}'))

test.each(routes)(
  'L38: $method $path refuses every caller that is not the studio, before it reads anything',
  async (route) => {
    for (const [who, headers, status, code] of refused) {
      const received = await server.send({
        method: route.method,
        path: pathOf(route),
        headers,
        ...(route.method !== 'GET' && { json: {} }),
      })
      expect([who, received.status]).toEqual([who, status])
      expect(problem(received)).toMatchObject({ code, status })
      expect(received.headers['access-control-allow-origin']).toBeUndefined()
    }
  },
)

test.each(withBody)('L38: $method $path takes only JSON, and only an object', async (route) => {
  const path = pathOf(route)
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
    const received = await server.send({ method: route.method, path, headers: { 'content-type': type }, body: '{}' })
    expect([type, received.status, problem(received).code]).toEqual([type, 415, 'wrong_type'])
  }
  for (const body of ['{', '[]', '"text"', 'null', '\u0000']) {
    const received = await server.send({
      method: route.method,
      path,
      headers: { 'content-type': 'application/json' },
      body,
    })
    expect([body, received.status, problem(received).code]).toEqual([body, 422, 'invalid'])
  }
})

test.each(withBody)('$method $path names a field that it does not take', async (route) => {
  const received = await server.send({
    method: route.method,
    path: pathOf(route),
    json: { surprise: 1, ...bodies[`${route.method} ${route.path}`] },
  })
  expect(received.status).toBe(422)
  expect(problem(received).errors).toContainEqual({ path: 'surprise', message: 'Unknown field.' })
})

test.each(ofApp)('$method $path answers not_found for an app that is not there, or whose id is none', async (route) => {
  for (const missing of ['zzzzz0', 'NOT-AN-ID', '%2e%2e%2f']) {
    const body =
      route.method === 'GET'
        ? {}
        : route.kind === 'raw'
          ? { body: 'x' }
          : { json: bodies[`${route.method} ${route.path}`] ?? {} }
    const received = await server.send({
      method: route.method,
      path: pathOf(route, { ...ids, app: missing }),
      ...body,
    })
    expect([missing, received.status, problem(received).code]).toEqual([missing, 404, 'not_found'])
  }
})

/** A body that each call takes, so that only the app's absence is wrong. */
const bodies: Record<string, object> = {
  'POST /apps/{app}/messages': { text: 'Hello' },
  'PATCH /apps/{app}/messages/{message}': { text: 'Hello' },
  'PUT /apps/{app}/queue': { messages: [] },
  'PATCH /apps/{app}': { name: 'New name' },
  'POST /apps/{app}/files': { changes: [{ path: 'a.txt', content: 'a' }] },
  'POST /apps/{app}/deploy': { environment: 'preview' },
  'POST /apps/{app}/preview-reports': { host: 'live', reports: [{ kind: 'blank', at: 1 }] },
}

test('the studio itself, and programs that are no browsers, may call', async () => {
  const welcome = [
    {},
    { origin: `http://localhost:${port}`, 'sec-fetch-site': 'same-origin' },
    { host: `127.0.0.1:${port}`, origin: `http://127.0.0.1:${port}` },
    { host: `[::1]:${port}` },
    { host: `LOCALHOST.:${port}` },
    { 'sec-fetch-site': 'none' },
  ]
  for (const headers of welcome) {
    expect((await server.send({ path: '/api/apps', headers })).status).toBe(200)
  }
})

test('a link from elsewhere may open a page of the studio, but not put it in a frame', async () => {
  const visit = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }
  expect((await server.send({ path: '/', headers: visit })).status).toBe(503) // not built in this test: past the door
  expect((await server.send({ path: '/', headers: { ...visit, 'sec-fetch-dest': 'iframe' } })).status).toBe(403)
  expect((await server.send({ path: '/', method: 'POST', headers: visit })).status).toBe(403)
  expect((await server.send({ path: '/API/apps', headers: visit })).status).toBe(403)
})

test('an upgrade is refused at the same door', async () => {
  const upgrade = {
    connection: 'upgrade',
    upgrade: 'websocket',
    'sec-websocket-key': 'x',
    'sec-websocket-version': '13',
  }
  const foreign = await server.send({ path: '/api/apps', headers: { ...upgrade, origin: 'https://example.com' } })
  expect(foreign.status).toBe(403)
  expect((await server.send({ path: '/api/apps', headers: { ...upgrade, host: 'example.com' } })).status).toBe(421)
})

test('L38: an upgrade of a live page is refused to pages of every other origin, and to those that are no live page', async () => {
  const upgrade = {
    connection: 'upgrade',
    upgrade: 'websocket',
    'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
    'sec-websocket-version': '13',
    'sec-websocket-protocol': 'vite-hmr',
  }
  const host = `live-${app}.localhost:${port}`
  const origins = [
    'https://example.com',
    'null',
    `http://localhost:${port}`,
    `http://preview-${app}.localhost:${port}`,
    `http://live-zzzzz0.localhost:${port}`,
    `http://live-${app}.localhost:${port + 1}`,
  ]
  for (const origin of origins) {
    const received = await server.send({ path: '/', headers: { ...upgrade, host, origin } })
    expect([origin, received.status, problem(received).code]).toEqual([origin, 403, 'forbidden'])
  }
  const missing = `live-zzzzz0.localhost:${port}`
  const own = { ...upgrade, host: missing, origin: `http://${missing}` }
  expect((await server.send({ path: '/', headers: own })).status).toBe(404)
  for (const kind of ['preview', 'nobody']) {
    const other = `${kind === 'preview' ? `preview-${app}` : 'shelf'}.localhost:${port}`
    const received = await server.send({ path: '/', headers: { ...upgrade, host: other, origin: `http://${other}` } })
    expect([kind, received.status]).toEqual([kind, 404])
  }
})

test('a request target with a host of its own is refused', async () => {
  expect((await server.send({ path: 'http://example.com/api/apps' })).status).toBe(421)
})

test('a request with two Host headers is refused, whichever comes first', async () => {
  const ours = `localhost:${port}`
  for (const host of [
    [ours, 'example.com'],
    ['example.com', ours],
    [ours, `preview-${app}.localhost:${port}`],
    [`preview-${app}.localhost:${port}`, ours],
  ]) {
    const socket = connect(port, '127.0.0.1')
    const hosts = host.map((name) => `Host: ${name}\r\n`).join('')
    socket.write(`GET /api/apps HTTP/1.1\r\n${hosts}Connection: close\r\n\r\n`)
    const heard = await text(socket)
    expect([host, heard.split('\r\n')[0]]).toEqual([host, expect.stringContaining(' 421 ')])
    expect(heard).toContain('"code":"wrong_host"')
  }
})

test('an app host never reaches the API', async () => {
  const received = await server.send({ path: '/api/apps', headers: { host: `preview-${app}.localhost:${port}` } })
  expect(received.status).not.toBe(200)
  expect(received.body).not.toContain('"items"')
})
