import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { connect } from 'node:net'
import { runInNewContext } from 'node:vm'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { describe, expect, test, vi } from 'vitest'
import { makeApp, sha256, startEdge, studioOrigin, testApp, type Ask, type RunningEdge } from './test-edge.ts'

const navigation = {
  'sec-fetch-mode': 'navigate',
  'sec-fetch-dest': 'document',
  accept: 'text/html,application/xhtml+xml,*/*;q=0.8',
}
const image = Buffer.from([0x89, 0x50, 0x4e, 0x47, ...Array.from({ length: 996 }, (_, index) => (index * 37) % 256)])
const font = Buffer.alloc(300, 7)
const chunk = '/assets/app-one.js'

async function startWithApp(): Promise<RunningEdge> {
  const running = await startEdge()
  const files = {
    '/logo.png': image,
    '/fonts/inter.woff2': font,
    '/a b/ü.txt': 'spaces',
    '/_v/react-1.js': 'export {}\n'.repeat(50),
    '/empty.txt': '',
  }
  await running.deploy(makeApp('one', files), 1)
  return running
}

describe('paths', () => {
  test('E10 L19: the page, a script, a style, an image, a font and a public file are served with their types', async () => {
    await using running = await startWithApp()
    const got = async (path: string) => {
      const { status, headers } = await running.ask(path)
      return [status, headers['content-type']]
    }
    expect(await got('/')).toEqual([200, 'text/html; charset=utf-8'])
    expect(await got('/index.html')).toEqual([200, 'text/html; charset=utf-8'])
    expect(await got(chunk)).toEqual([200, 'text/javascript; charset=utf-8'])
    expect(await got('/assets/style-one.css')).toEqual([200, 'text/css; charset=utf-8'])
    expect(await got('/logo.png')).toEqual([200, 'image/png'])
    expect(await got('/fonts/inter.woff2')).toEqual([200, 'font/woff2'])
    expect(await got('/robots.txt')).toEqual([200, 'text/plain; charset=utf-8'])
    expect(await got('/a%20b/%C3%BC.txt')).toEqual([200, 'text/plain; charset=utf-8'])
    expect((await running.ask('/logo.png')).body).toEqual(image)
    expect((await running.ask('/empty.txt')).headers['content-length']).toBe('0')
  })

  test.each([
    ['/books/17', navigation],
    ['/books/17?tab=notes', navigation],
    ['/books/', navigation],
    ['/users/john.doe', navigation],
    ['/v1.2/guide', navigation],
    ['/books/17', { accept: 'text/html' }],
    ['/books/17', { accept: '*/*' }],
    ['/books/17', {}],
  ])('E11 L19: a deep link to %s with %j is answered with the page', async (path, headers) => {
    await using running = await startWithApp()
    const answer = await running.ask(path, { headers })
    expect(answer.status).toBe(200)
    expect(answer.text).toContain('/assets/app-one.js')
    expect(answer.headers['cache-control']).toBe('no-cache')
  })

  test.each([
    ['/assets/gone.js', navigation],
    ['/assets/gone', navigation],
    ['/_v/gone.js', {}],
    ['/foo.png', navigation],
    ['/foo.png', {}],
    ['/data', { 'sec-fetch-mode': 'cors', accept: '*/*' }],
    ['/picture', { 'sec-fetch-mode': 'no-cors', accept: 'image/*' }],
    ['/data', { accept: 'application/json' }],
  ])('E12 L19: a missing %s asked with %j is a 404 without HTML', async (path, headers) => {
    await using running = await startWithApp()
    const answer = await running.ask(path, { headers })
    expect([answer.status, answer.headers['content-type'], answer.headers['cache-control']]).toEqual([
      404,
      'text/plain; charset=utf-8',
      'no-store',
    ])
    expect(answer.text).not.toContain('<')
  })

  test.each(['GET', 'HEAD', 'POST', 'DELETE'])('E13 L19: %s /api/… is a 404 in JSON', async (method) => {
    await using running = await startWithApp()
    for (const path of ['/api', '/api/books?x=1', '/api//x', '/%61pi/books']) {
      const answer = await running.ask(path, { method, headers: navigation })
      if (path === '/api//x' && method === 'GET') expect(answer.status).toBe(308)
      else if (path !== '/api//x') {
        expect([answer.status, answer.headers['content-type']]).toEqual([404, 'application/problem+json'])
        if (method !== 'HEAD') expect(JSON.parse(answer.text)).toMatchObject({ code: 'not_found', status: 404 })
      }
    }
  })

  test.each([
    ['/%', 400],
    ['/%zz', 400],
    ['/%c3%28', 400],
    ['/a%00b', 400],
    ['/a%0d%0aSet-Cookie:x', 400],
    ['/../etc/passwd', 400],
    ['/assets/../robots.txt', 400],
    ['/%2e%2e/robots.txt', 400],
    ['/assets%2f..%2frobots.txt', 400],
    ['/./robots.txt', 400],
    ['/a\\b', 400],
    [`/${'a'.repeat(2048)}`, 414],
    [`/robots.txt?${'a'.repeat(4000)}`, 200],
    ['/robots.txt?a=%zz', 200],
    ['/robots.txt#x', 200],
    ['*', 400],
  ])('E14: %s is answered %i', async (path, status) => {
    await using running = await startWithApp()
    const answer = await running.ask(path)
    expect(answer.status).toBe(status)
    expect(running.errors).toEqual([])
  })

  test('E14: doubled slashes lead to the path without them, and never to another host', async () => {
    await using running = await startWithApp()
    const moved = await running.ask('//evil.example//x?y=//z')
    expect([moved.status, moved.headers.location]).toEqual([308, '/evil.example/x?y=//z'])
  })

  test('E14: an absolute request line is read as its path', async () => {
    await using running = await startWithApp()
    expect((await running.ask('http://elsewhere.example/robots.txt')).text).toBe('User-agent: *\n')
    expect((await running.ask('http://elsewhere.example')).text).toContain('app-one')
  })

  test.each(['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND'])(
    'E15: %s is refused with what is allowed',
    async (method) => {
      await using running = await startWithApp()
      const answer = await running.ask('/', { method, ...(method === 'POST' && { body: 'x'.repeat(100_000) }) })
      expect([answer.status, answer.headers.allow]).toEqual([405, 'GET, HEAD'])
    },
  )

  test('E16: hashed files of the five deployments before stay reachable, their pages and public files do not', async () => {
    await using running = await startEdge()
    const named = (number: number) => `v${number}`
    for (let number = 1; number <= 7; number += 1)
      await running.deploy(makeApp(named(number), { [`/public-${number}.txt`]: named(number) }), number)
    const statusOf = async (path: string) => (await running.ask(path)).status
    expect(await statusOf('/assets/app-v7.js')).toBe(200)
    expect(await statusOf('/assets/app-v6.js')).toBe(200)
    expect(await statusOf('/assets/app-v2.js')).toBe(200)
    expect(await statusOf('/assets/app-v1.js')).toBe(404)
    expect(await statusOf('/public-6.txt')).toBe(404)
    expect((await running.ask('/assets/app-v2.js')).headers['cache-control']).toContain('immutable')
  })
})

describe('bodies', () => {
  const coded = (encoding: string): Ask => ({ headers: { 'accept-encoding': encoding } })

  test('E20: brotli, gzip and the file itself hold the same content and say so', async () => {
    await using running = await startWithApp()
    const [plain, br, gzip] = [
      await running.ask(chunk),
      await running.ask(chunk, coded('gzip, deflate, br, zstd')),
      await running.ask(chunk, coded('gzip')),
    ]
    expect(plain.headers['content-encoding']).toBeUndefined()
    expect(br.headers['content-encoding']).toBe('br')
    expect(gzip.headers['content-encoding']).toBe('gzip')
    expect(brotliDecompressSync(br.body)).toEqual(plain.body)
    expect(gunzipSync(gzip.body)).toEqual(plain.body)
    for (const answer of [plain, br, gzip]) {
      expect(answer.headers.vary).toBe('Accept-Encoding')
      expect(answer.headers['content-length']).toBe(String(answer.body.byteLength))
    }
    expect(new Set([plain.headers.etag, br.headers.etag, gzip.headers.etag]).size).toBe(3)
  })

  test('E20: the page is coded too, and an image is not', async () => {
    await using running = await startWithApp()
    const page = await running.ask('/', coded('br'))
    expect(brotliDecompressSync(page.body).toString()).toContain('app-one')
    const picture = await running.ask('/logo.png', coded('br, gzip'))
    expect([picture.headers['content-encoding'], picture.headers.vary]).toEqual([undefined, undefined])
  })

  test('E20: a client that refuses every form there is gets a 406', async () => {
    await using running = await startWithApp()
    expect((await running.ask('/logo.png', coded('br, identity;q=0'))).status).toBe(406)
    expect((await running.ask(chunk, coded('identity;q=0, br'))).headers['content-encoding']).toBe('br')
    expect((await running.ask(chunk, coded('*;q=0'))).status).toBe(406)
  })

  test("E21: a file's tag is its content hash", async () => {
    await using running = await startWithApp()
    const answer = await running.ask('/logo.png')
    expect(answer.headers.etag).toBe(`"${sha256(image)}"`)
  })

  test("E21: the page's tag changes with the artifact and with the values, and with nothing else", async () => {
    await using running = await startEdge()
    const [one, two] = [makeApp('one'), makeApp('two')]
    const tagAfter = async (made: typeof one, fence: number, environmentValues: Record<string, string>) => {
      await running.edge.store(made.artifact, made.contents)
      const artifactHash = made.artifact.hash
      await running.edge.switchTo({ app: testApp, environment: 'preview', artifactHash, fence, environmentValues })
      return (await running.ask('/')).headers.etag
    }
    const first = await tagAfter(one, 1, { VITE_A: 'a', VITE_B: 'b' })
    expect(await tagAfter(one, 2, { VITE_A: 'b', VITE_B: 'b' })).not.toBe(first)
    expect(await tagAfter(two, 3, { VITE_A: 'a', VITE_B: 'b' })).not.toBe(first)
    expect(await tagAfter(one, 4, { VITE_B: 'b', VITE_A: 'a' })).toBe(first)
  })

  test('E22: what a browser has is not sent again', async () => {
    await using running = await startWithApp()
    for (const path of ['/', chunk, '/logo.png', '/deep/link']) {
      for (const encoding of ['identity', 'gzip', 'br']) {
        const first = await running.ask(path, coded(encoding))
        const tag = String(first.headers.etag)
        for (const condition of [tag, `W/${tag}`, `"other", ${tag}`, '*']) {
          const again = await running.ask(path, {
            headers: { 'accept-encoding': encoding, 'if-none-match': condition },
          })
          expect([again.status, again.body.byteLength, again.headers.etag]).toEqual([304, 0, tag])
          expect(again.headers['cache-control']).toBe(first.headers['cache-control'])
          expect(again.headers.vary).toBe(first.headers.vary)
        }
        const changed = await running.ask(path, { headers: { 'accept-encoding': encoding, 'if-none-match': '"x"' } })
        expect(changed.status).toBe(200)
      }
    }
  })

  test('E22: the tag of one form does not stand for another', async () => {
    await using running = await startWithApp()
    const tag = String((await running.ask(chunk, coded('br'))).headers.etag)
    expect((await running.ask(chunk, { headers: { 'if-none-match': tag } })).status).toBe(200)
  })

  test('E22: If-Match that does not match is a 412', async () => {
    await using running = await startWithApp()
    const tag = String((await running.ask('/logo.png')).headers.etag)
    const statusFor = async (condition: string) =>
      (await running.ask('/logo.png', { headers: { 'if-match': condition } })).status
    expect([await statusFor(tag), await statusFor('*'), await statusFor('"x"'), await statusFor(`W/${tag}`)]).toEqual([
      200, 200, 412, 412,
    ])
  })

  test.each([
    ['bytes=0-0', 0, 0],
    ['bytes=10-19', 10, 19],
    ['bytes=990-', 990, 999],
    ['bytes=-5', 995, 999],
    ['bytes=-5000', 0, 999],
    ['bytes=990-5000', 990, 999],
  ])('E23: %s of a file is bytes %i to %i', async (range, start, end) => {
    await using running = await startWithApp()
    const answer = await running.ask('/logo.png', { headers: { range } })
    expect([answer.status, answer.headers['content-range']]).toEqual([206, `bytes ${start}-${end}/1000`])
    expect(answer.body).toEqual(image.subarray(start, end + 1))
    expect(answer.headers['content-length']).toBe(String(end - start + 1))
  })

  test('E23: a range that is not there is a 416 with the size, and no range is the whole', async () => {
    await using running = await startWithApp()
    const ask = async (range: string) => {
      const { status, headers, body } = await running.ask('/logo.png', { headers: { range } })
      return [status, headers['content-range'], status === 200 ? body.byteLength : undefined]
    }
    expect(await ask('bytes=1000-')).toEqual([416, 'bytes */1000', undefined])
    expect(await ask('bytes=-0')).toEqual([416, 'bytes */1000', undefined])
    for (const range of ['bytes=5-2', 'bytes=0-1,4-5', 'items=0-1', 'bytes=a-b', 'bytes=-', ''])
      expect(await ask(range)).toEqual([200, undefined, 1000])
    expect((await running.ask('/empty.txt', { headers: { range: 'bytes=0-' } })).status).toBe(416)
  })

  test('E23: a range is never one of a coded form, and If-Range counts', async () => {
    await using running = await startWithApp()
    const whole = await running.ask(chunk)
    const ask = (more: Record<string, string>) =>
      running.ask(chunk, { headers: { range: 'bytes=3-9', 'accept-encoding': 'br', ...more } })
    const part = await ask({})
    expect([part.status, part.headers['content-encoding']]).toEqual([206, undefined])
    expect(part.body).toEqual(whole.body.subarray(3, 10))
    expect((await ask({ 'if-range': String(whole.headers.etag) })).status).toBe(206)
    const changed = await ask({ 'if-range': '"old"' })
    expect([changed.status, changed.headers['content-encoding']]).toEqual([200, 'br'])
    expect((await ask({ 'if-range': 'Wed, 21 Oct 2026 07:28:00 GMT' })).status).toBe(200)
    expect((await ask({ 'if-range': `W/${String(whole.headers.etag)}` })).status).toBe(200)
  })

  test('E24: HEAD has the headers of GET and no body', async () => {
    await using running = await startWithApp()
    for (const path of ['/', chunk, '/logo.png', '/deep', '/gone.js', '/api/x']) {
      const [get, head] = [await running.ask(path), await running.ask(path, { method: 'HEAD' })]
      expect(head.body.byteLength).toBe(0)
      expect([head.status, withoutDate(head.headers)]).toEqual([get.status, withoutDate(get.headers)])
    }
  })

  test('E25: hashed files are kept for ever, everything else is asked again', async () => {
    await using running = await startWithApp()
    const cachingOf = async (path: string) => (await running.ask(path)).headers['cache-control']
    expect(await cachingOf(chunk)).toBe('public, max-age=31536000, immutable')
    expect(await cachingOf('/_v/react-1.js')).toBe('public, max-age=31536000, immutable')
    for (const path of ['/', '/logo.png', '/robots.txt']) expect(await cachingOf(path)).toBe('no-cache')
  })

  test('large files are streamed, whole and in parts', async () => {
    await using running = await startEdge({ memory: { blobBytes: 1000, totalBytes: 10_000 } })
    const large = Buffer.alloc(3_000_000)
    for (let index = 0; index < large.length; index += 1) large[index] = (index * 31 + (index >> 8)) % 256
    await running.deploy(makeApp('one', { '/film.png': large }), 1)
    expect((await running.ask('/film.png')).body.equals(large)).toBe(true)
    const part = await running.ask('/film.png', { headers: { range: 'bytes=1000000-2000000' } })
    expect([part.status, part.body.equals(large.subarray(1_000_000, 2_000_001))]).toEqual([206, true])
    expect(running.errors).toEqual([])
  })
})

test('a browser that goes away in the middle of a large file is nothing wrong, and leaves nothing open', async () => {
  await using running = await startEdge({ memory: { blobBytes: 1000, totalBytes: 10_000 } })
  await running.deploy(makeApp('one', { '/film.png': Buffer.alloc(20_000_000, 5) }), 1)
  const openFiles = () => readdirSync('/dev/fd').length
  await running.ask('/film.png')
  const before = openFiles()
  for (let round = 0; round < 5; round += 1) {
    const socket = connect(running.port, '127.0.0.1')
    socket.write(`GET /film.png HTTP/1.1\r\nHost: preview-${testApp}.localhost\r\n\r\n`)
    await once(socket, 'data')
    socket.destroy()
  }
  await vi.waitUntil(() => openFiles() <= before, { timeout: 5000 })
  expect((await running.ask('/film.png', { headers: { range: 'bytes=0-9' } })).status).toBe(206)
  expect(running.errors).toEqual([])
})

describe('safety', () => {
  test('E30: every answer says how to read it and who may frame it, and none sets a cookie or opens itself to other origins', async () => {
    await using running = await startWithApp()
    for (const path of ['/', chunk, '/logo.png', '/gone.js', '/api/x', '/%']) {
      const { headers } = await running.ask(path)
      expect(headers['x-content-type-options']).toBe('nosniff')
      expect(headers['content-security-policy']).toContain(`frame-ancestors 'self' ${studioOrigin}`)
      expect(headers['x-robots-tag']).toBe('noindex')
      for (const never of ['set-cookie', 'access-control-allow-origin', 'server', 'x-powered-by'])
        expect(headers).not.toHaveProperty(never)
    }
    const page = await running.ask('/')
    expect(page.headers['referrer-policy']).toBe('strict-origin-when-cross-origin')
    expect(page.headers['origin-agent-cluster']).toBe('?1')
  })

  test('E31: a value cannot leave the script it is put in', async () => {
    await using running = await startEdge()
    const { artifact, contents } = makeApp('one')
    await running.edge.store(artifact, contents)
    const nasty = '</script><script>alert(1)</script>\u2028$& "\'\\'
    const switched = await running.edge.switchTo({
      app: testApp,
      environment: 'preview',
      artifactHash: artifact.hash,
      fence: 1,
      environmentValues: { VITE_NASTY: nasty },
    })
    expect(switched.ok).toBe(true)
    const { text } = await running.ask('/')
    const script = /<script>(globalThis\.__ENV__=.*?)<\/script>/.exec(text)?.[1] ?? ''
    expect(text).not.toContain('alert(1)</script>')
    const browser: { __ENV__?: Record<string, unknown> } = {}
    runInNewContext(script, browser)
    expect(browser.__ENV__).toMatchObject({ VITE_NASTY: nasty, MODE: 'production', PROD: true, DEV: false })
  })
})

const withoutDate = (headers: Record<string, unknown>) => ({ ...headers, date: undefined })
