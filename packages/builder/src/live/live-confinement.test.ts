import { request as startRequest, type IncomingHttpHeaders } from 'node:http'
import { connect } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { smallApp } from '../test-builder.ts'
import { startTestLive, type TestLive } from './test-live.ts'

let live: TestLive
beforeAll(async () => {
  live = await startTestLive()
})
afterAll(() => live[Symbol.asyncDispose]())

const SECRET = 'files-of-another-app'

type Answer = { status: number; headers: IncomingHttpHeaders; body: string }

/** Asks as no browser would: the path goes out as it stands. */
function ask(app: string, path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>()
  const host = `live-${app}.localhost:${live.port}`
  const request = startRequest(
    { host: '127.0.0.1', port: live.port, path, method, headers: { Host: host, ...headers } },
    (response) => {
      let body = ''
      response.setEncoding('utf8')
      response.on('data', (piece: string) => (body += piece))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }))
    },
  )
  request.on('error', reject)
  request.end()
  return promise
}

const own = import.meta.filename

const addresses = [
  `/@fs${own}`,
  `/@fs${own}?raw`,
  `/@fs/etc/passwd`,
  `/@fs/etc/passwd?raw&import`,
  `/@fs//etc/passwd`,
  `/@id/${own}`,
  `/@id//etc/passwd`,
  `/@id/__x00__/etc/passwd`,
  `/@id/@app/../etc/passwd`,
  `${own}`,
  `${own}?raw`,
  `${own}?url`,
  `/etc/passwd`,
  `/etc/passwd?raw`,
  `/../../../../etc/passwd`,
  `/src/../../../../../etc/passwd`,
  `/src/%2e%2e/%2e%2e/%2e%2e/etc/passwd`,
  `/src/..%2f..%2f..%2fetc/passwd`,
  `/src/..%5c..%5cetc/passwd`,
  `/%252e%252e/etc/passwd`,
  `/src/main.tsx%00.png`,
  `/src\\..\\..\\etc\\passwd`,
  `/@as/raw/../../../etc/passwd.js`,
  `/@as/raw//etc/passwd.js`,
  `/@as/raw/%2e%2e/%2e%2e/etc/passwd.js`,
  `/@as/package-style/../../../../../etc/passwd.js`,
  `/@as/package-style/react/package.json.js`,
  `/@as/url/../../etc/passwd.js`,
  `/@as/inline/../../etc/passwd.js`,
  `/@as/worker/../../etc/passwd.js`,
  `/@style/style/../../../etc/passwd`,
  `/@style/package-style/../../../../etc/passwd`,
  `/@style/package-style/react/package.json`,
  `/@worker/../../etc/passwd`,
  `/@worker//etc/passwd`,
  `/@live/../own-modules.ts`,
  `/@live/batch`,
  `/_v/../../../etc/passwd`,
  `/_v/${'0'.repeat(20)}.js`,
  `/_v/%2e%2e/secret`,
  `/_v/..%2f..%2fetc%2fpasswd`,
  `/node_modules/react/package.json`,
  `/node_modules/.vite/deps/react.js`,
  `/.env`,
  `/vite.config.ts`,
  `/package.json`,
  `/__open-in-editor?file=/etc/passwd`,
  `/@vite/../../package.json`,
  `//etc/passwd`,
  `/src/secret.ts?raw`,
]

test.each(addresses)('nothing of this machine or of another app is at %s', async (address) => {
  await live.open('other', smallApp('', { 'src/secret.ts': `export const x = '${SECRET}'` }))
  await live.open(
    'attack',
    smallApp('export {}', { 'package.json': '{"name":"hidden-name"}', '.env': 'SECRET=hidden-name' }),
  )
  const { status, body } = await ask('attack', address, { Accept: '*/*', 'Sec-Fetch-Mode': 'cors' })
  expect([400, 404]).toContain(status)
  expect(body).not.toMatch(/root:|vitest|import \{|hidden-name|"version"/)
  expect(body).not.toContain(SECRET)
})

test('nothing that a page is given names a place of this machine', async () => {
  await live.open('paths', smallApp(`import './a.css'\nimport 'react'\nexport {}`, { 'src/a.css': 'a { color: red }' }))
  const page = await ask('paths', '/')
  const served = [...page.body.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map((match) => match[1] ?? '')
  expect(served).toContain('/@vite/client')
  for (const path of [...served, '/src/main.tsx?map', '/@style/style/src/a.css', '/@worker/src/main.tsx']) {
    const { status, body } = await ask('paths', path)
    expect([path, status]).toEqual([path, 200])
    expect(body).not.toMatch(/\/@fs\/|node_modules\/(?:vite|react)\//)
    for (const folder of [process.cwd(), '/home/', '/root/', '/usr/lib']) expect(body).not.toContain(folder)
  }
})

test('an import that leads out of the app is an error with its place, and nothing is read', async () => {
  const imports = [
    '/etc/passwd?raw',
    '../../../../etc/passwd?raw',
    `${own}?raw`,
    '/@fs/etc/passwd',
    'file:///etc/passwd',
    'node:fs',
    '@live/../x',
    '/@as/raw/etc/passwd.js',
  ]
  for (const specifier of imports) {
    const tree = smallApp(`import x from ${JSON.stringify(specifier)}\nconsole.log(x)`)
    const state = await live.open('imports', tree)
    expect([specifier, state.status]).toEqual([specifier, 'broken'])
    expect(state.errors[0]).toMatchObject({ file: 'src/main.tsx', line: 1 })
  }
  const css = await live.open('imports', smallApp(`import './a.css'`, { 'src/a.css': '@import "/etc/passwd";' }))
  expect(css.errors[0]).toMatchObject({ file: 'src/a.css' })
  const plugin = await live.open(
    'imports',
    smallApp(`import './a.css'`, { 'src/a.css': '@import "tailwindcss"; @plugin "./x.js";' }),
  )
  expect(plugin.status).toBe('broken')
})

test('answers protect the page and are not cached; only GET and HEAD are answered', async () => {
  await live.open('headers', smallApp('export {}', { 'public/a.txt': 'a' }))
  const page = await ask('headers', '/', { Accept: 'text/html' })
  expect(page.headers).toMatchObject({
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy': `frame-ancestors 'self' http://localhost:4000`,
    'x-content-type-options': 'nosniff',
    'x-robots-tag': 'noindex',
    'referrer-policy': 'strict-origin-when-cross-origin',
  })
  for (const name of ['access-control-allow-origin', 'set-cookie', 'server', 'x-powered-by'])
    expect(page.headers).not.toHaveProperty(name)
  const module = await ask('headers', '/src/main.tsx')
  expect(module.headers).toMatchObject({ 'cache-control': 'no-cache', 'x-content-type-options': 'nosniff' })
  const again = await ask('headers', '/src/main.tsx', { 'If-None-Match': String(module.headers.etag) })
  expect(again.status).toBe(304)
  const file = await ask('headers', '/a.txt', {}, 'HEAD')
  expect([file.status, file.headers['content-length'], file.body]).toEqual([200, '1', ''])
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'TRACE'])
    expect([method, (await ask('headers', '/', {}, method)).status]).toEqual([method, 405])
  expect((await ask('closed', '/')).status).toBe(503)
})

/** The first line that answers a WebSocket's request. */
function knock(app: string, path: string, headers: Record<string, string>): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>()
  const socket = connect(live.port, '127.0.0.1')
  const all = { Host: `live-${app}.localhost:${live.port}`, ...headers }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`)
  const fixed =
    'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='
  socket.write(`GET ${path} HTTP/1.1\r\n${fixed}\r\n${lines.join('\r\n')}\r\n\r\n`)
  socket.setTimeout(5_000, () => socket.destroy())
  socket.once('data', (piece) => {
    resolve(piece.toString().split('\r\n')[0] ?? '')
    socket.destroy()
  })
  socket.once('close', () => resolve('closed'))
  socket.on('error', () => resolve('closed'))
  return promise
}

test('only a page of the same host may listen, by the protocol of Vite and with its token', async () => {
  await live.open('socket', smallApp('export {}'))
  const client = await ask('socket', '/@vite/client')
  const token = /wsToken = "([^"]+)"/.exec(client.body)?.[1] ?? ''
  expect(token).not.toBe('')
  const origin = `http://live-socket.localhost:${live.port}`
  const protocol = { 'Sec-WebSocket-Protocol': 'vite-hmr' }
  const good = await knock('socket', `/?token=${token}`, { ...protocol, Origin: origin })
  expect(good).toContain('101')
  const refused: [string, Record<string, string>][] = [
    [`/?token=${token}`, { ...protocol, Origin: 'http://localhost:4000' }],
    [`/?token=${token}`, { ...protocol, Origin: `http://live-other.localhost:${live.port}` }],
    [`/?token=${token}`, { ...protocol, Origin: 'null' }],
    [`/?token=${token}`, protocol],
    [`/?token=${token}`, { Origin: origin }],
    [`/?token=${token}`, { 'Sec-WebSocket-Protocol': 'chat', Origin: origin }],
    [`/?token=wrong`, { ...protocol, Origin: origin }],
    [`/`, { ...protocol, Origin: origin }],
  ]
  for (const [path, headers] of refused) expect(await knock('socket', path, headers)).not.toContain('101')
  expect(
    await knock('closed', `/?token=${token}`, { ...protocol, Origin: `http://live-closed.localhost:${live.port}` }),
  ).toContain('503')
})
