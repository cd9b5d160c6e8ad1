import { afterAll, beforeAll, expect, test } from 'vitest'
import { startFramedPages, type FramedPages } from './test-page.ts'

let pages: FramedPages
let slowLeft = 0

beforeAll(async () => {
  pages = await startFramedPages({
    '/ok': (_, response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{"fine":true}'),
    '/fails': (_, response) =>
      response
        .writeHead(500, { 'content-type': 'application/json' })
        .end(`{"error":"No such table","access_token":"abcdef123456"}${' '.repeat(2_000)}`),
    '/stream': (_, response) => {
      response.writeHead(503, { 'content-type': 'text/plain' })
      response.write('first ')
      setTimeout(() => response.end('second'), 300)
    },
    '/slow': (request, response) => {
      response.writeHead(500, { 'content-type': 'text/plain' })
      response.write('begin')
      request.on('close', () => (slowLeft += 1))
    },
    '/never': () => {},
    '/cut': (request) => request.socket.destroy(),
    '/thrower.js': (_, response) =>
      response
        .writeHead(200, { 'content-type': 'text/javascript' })
        .end('\n\nexport function thrower() { throw new TypeError("broken on purpose") }\nsetTimeout(thrower)'),
  })
})
afterAll(() => pages[Symbol.asyncDispose]())

test('what a page logs arrives at every level, formatted as consoles do, with the place of the call', async () => {
  const page = await pages.open({
    body: `<p>App</p><script>
console.debug('d'); console.info('i'); console.warn('w %s %d %o %c%%', 'x', 4.7, { a: [1, { b: 'c' }] }, 'color: red', 'rest')
console.error('failed:', new RangeError('too far')); console.log(1, true, null, undefined, 3n, Symbol('s'), [1, 'two'], new Map([['k', 1]]))
</script>`,
  })
  await page.report('console', ({ text }) => text.startsWith('1 true'))
  const reports = await page.reports()
  expect(
    reports.map((report) => (report.kind === 'console' ? `${report.level}: ${report.text}` : report.kind)),
  ).toEqual([
    'debug: d',
    'info: i',
    'warn: w x 4 {a: [1, {b: "c"}]} % rest',
    'error: failed: RangeError: too far',
    'log: 1 true null undefined 3n Symbol(s) [1, "two"] Map {"k" => 1}',
  ])
  const [first] = reports
  const places = first?.kind === 'console' ? first.stack : []
  expect(places?.[0]?.file).toBe(`http://preview-abc123.localhost:${pages.port}/`)
  expect(places?.[0]?.line).toBeGreaterThan(1)
})

test('things that cannot be read are logged without a throw, a getter run or an end', async () => {
  const page = await pages.open({
    body: `<p id="p" class="c">App</p><script>
globalThis.ran = 0
const cycle = { name: 'cycle' }; cycle.self = cycle
const sealed = new Proxy({}, { ownKeys() { throw new Error('no') }, getPrototypeOf() { throw new Error('no') } })
const revoked = Proxy.revocable({}, {}); revoked.revoke()
const logging = new Proxy({}, { ownKeys() { console.log('from a trap'); return [] } })
const deep = {}; let at = deep; for (let i = 0; i < 1e5; i++) at = at.next = {}
console.log(cycle)
console.log({ get secret() { globalThis.ran++; return 1 } })
console.log(sealed, revoked.proxy)
console.log(logging)
console.log(deep)
console.log(document.getElementById('p'), window, document)
console.log('x'.repeat(1e6))
console.log(Array.from({ length: 1e5 }, (_, i) => i))
console.log({ toJSON() { globalThis.ran++ }, toString() { globalThis.ran++; return '' } })
console.log(parent)
console.log('end')
</script>`,
  })
  await page.report('console', ({ text }) => text === 'end')
  const texts = (await page.reports()).flatMap((report) => (report.kind === 'console' ? [report.text] : []))
  expect(texts[0]).toBe('{name: "cycle", self: [circular]}')
  expect(texts[1]).toBe('{secret: [getter]}')
  expect(texts[2]).toBe('[unreadable] [unreadable]')
  expect(texts[3]).not.toBe('from a trap')
  expect(texts[4]).toBe('{next: {next: {next: {next: {…}}}}}')
  expect(texts[5]).toBe('<p id="p" class="c"> [window] [#document]')
  expect(texts[6]?.length).toBe(10_000)
  expect(texts[7]).toMatch(/^\[0, 1, .*… 99950 more\]$/)
  expect(texts.at(-2)).toBe('{0: [window]}')
  expect(texts).not.toContain('from a trap')
  expect(await page.frame.evaluate(() => (globalThis as unknown as { ran: number }).ran)).toBe(0)
})

test('errors that nobody caught arrive with their places, thrown or rejected, errors or not', async () => {
  const page = await pages.open({
    body: `<p>App</p><script type="module" src="/thrower.js"></script><script>
Promise.reject(new Error('rejected', { cause: new Error('the cause') }))
setTimeout(() => { throw 'just text' })
</script>`,
  })
  const thrown = await page.report('uncaught', ({ text }) => text === 'TypeError: broken on purpose')
  const file = `http://preview-abc123.localhost:${pages.port}/thrower.js`
  expect(thrown.stack?.[0]).toMatchObject({ file, line: 3 })
  await page.report('uncaught', ({ text }) => text === 'Error: rejected\nCaused by: Error: the cause')
  await page.report('uncaught', ({ text }) => text.includes('just text'))
})

test('files of the page that do not load are failed requests', async () => {
  const page = await pages.open({
    head: '<link rel="stylesheet" href="/gone.css"><script src="http://localhost:9/refused.js"></script>',
    body: '<p>App</p><img src="/gone.png">',
  })
  const ending = (end: string) => (report: { url: string }) => report.url.endsWith(end)
  expect(await page.report('request', ending('/gone.png'))).toMatchObject({ method: 'GET', status: 404 })
  expect(await page.report('request', ending('/gone.css'))).toMatchObject({ status: 404 })
  expect(await page.report('request', ending('/refused.js'))).toMatchObject({ status: 0 })
})

test('requests arrive with method, address, status and time; of a failure the body too; nothing secret is in them', async () => {
  const page = await pages.open({
    body: `<p>App</p><script>
const headers = { authorization: 'Bearer very-secret-token-value' }
globalThis.results = []
const log = (name) => (value) => results.push([name, value])
fetch('/ok?apikey=SECRETVALUE&page=2', { headers }).then((r) => r.json()).then(log('ok'))
fetch('/fails', { method: 'post', headers, body: 'x' }).then((r) => r.text()).then((t) => log('fails')(t.length))
fetch(new URL('/cut', location)).catch((error) => log('cut')(error.name))
const xhr = new XMLHttpRequest(); xhr.open('DELETE', '/fails?id=7'); xhr.onload = () => log('xhr')(xhr.responseText.length); xhr.send()
const sync = new XMLHttpRequest(); sync.open('GET', '/ok', false); sync.send(); log('sync')(sync.responseText)
const syncCut = new XMLHttpRequest(); syncCut.open('GET', '/cut?sync', false); try { syncCut.send() } catch (error) { log('syncCut')(error.name) }
</script>`,
  })
  const by = (method: string, end: string) => (each: { method: string; url: string }) =>
    each.method === method && each.url.endsWith(end)
  const ok = await page.report('request', by('GET', '/ok?apikey=[masked]&page=2'))
  expect(ok).toMatchObject({ status: 200 })
  expect(ok.ms).toBeGreaterThanOrEqual(0)
  expect(ok).not.toHaveProperty('body')
  const failed = await page.report('request', by('POST', '/fails'))
  expect(failed.status).toBe(500)
  expect(failed.body).toMatch(/^\{"error":"No such table","access_token":"\[masked\]"\}/)
  expect(failed.body?.length).toBeLessThanOrEqual(500)
  expect(await page.report('request', by('GET', '/cut'))).toMatchObject({ status: 0 })
  expect(await page.report('request', by('DELETE', '/fails?id=7'))).toMatchObject({ status: 500 })
  expect(await page.report('request', by('GET', '/cut?sync'))).toMatchObject({ status: 0 })
  await page.report('request', by('GET', '/ok'))
  expect(JSON.stringify(await page.messages())).not.toMatch(/SECRETVALUE|very-secret|abcdef123456/)
  const results = await page.frame.evaluate(() => (globalThis as unknown as { results: unknown[] }).results)
  expect(Object.fromEntries(results as [string, unknown][])).toEqual({
    ok: { fine: true },
    fails: 2_055,
    cut: 'TypeError',
    xhr: 2_055,
    sync: '{"fine":true}',
    syncCut: 'NetworkError',
  })
})

test('streams, aborts, wrong arguments and unhandled failures are for the app as they were', async () => {
  const before = slowLeft
  const page = await pages.open({
    body: `<p>App</p><script>
globalThis.unhandled = []
addEventListener('unhandledrejection', (event) => { unhandled.push(event.reason.name); event.preventDefault() })
globalThis.done = (async () => {
  const out = {}
  const stream = await fetch('/stream')
  out.stream = await new Response(stream.body).text()
  out.used = [stream.bodyUsed, await stream.text().catch((e) => e.name)]
  const stop = new AbortController()
  const slow = await fetch('/slow', { signal: stop.signal })
  const reader = slow.body.getReader()
  out.begin = new TextDecoder().decode((await reader.read()).value)
  stop.abort()
  out.aborted = await reader.read().catch((e) => e.name)
  const never = new AbortController()
  const waiting = fetch('/never', { signal: never.signal }); never.abort('because')
  out.reason = await waiting.catch((e) => e)
  out.wrongThis = await fetch.call({}, '/ok').then(() => 'ok', (e) => e.name)
  out.noArgument = await fetch().catch((e) => e.name)
  out.noArgumentOpen = (() => { try { new XMLHttpRequest().open() } catch (e) { return e.name } })()
  out.unopened = (() => { try { new XMLHttpRequest().send() } catch (e) { return e.name } })()
  out.opaque = (await fetch('http://localhost:${pages.port}/', { mode: 'no-cors' })).type
  fetch('/cut')
  const aborted = new XMLHttpRequest(); aborted.open('GET', '/never'); aborted.send(); aborted.abort()
  out.aborted2 = aborted.status
  return out
})()
</script>`,
  })
  const out = await page.frame.evaluate(() => (globalThis as unknown as { done: Promise<object> }).done)
  expect(out).toEqual({
    stream: 'first second',
    used: [true, 'TypeError'],
    begin: 'begin',
    aborted: 'AbortError',
    reason: 'because',
    wrongThis: 'TypeError',
    noArgument: 'TypeError',
    noArgumentOpen: 'TypeError',
    unopened: 'InvalidStateError',
    opaque: 'opaque',
    aborted2: 0,
  })
  await expect
    .poll(() => page.frame.evaluate(() => (globalThis as unknown as { unhandled: unknown }).unhandled))
    .toEqual(['TypeError'])
  await page.report('request', ({ url }) => url.endsWith('/cut'))
  await expect.poll(() => slowLeft).toBe(before + 1) // the connection ends when the app ends it
  const failed = (await page.reports()).filter((report) => report.kind === 'request' && report.status === 0)
  const paths = failed.map((report) => report.kind === 'request' && new URL(report.url).pathname)
  expect(paths).toEqual(['/ok', '/cut']) // a wrong `this` fails like a lost connection
})

test('an app that puts its own console and fetch in place keeps them, and ours goes on below', async () => {
  const page = await pages.open({
    body: `<p>App</p><script>
globalThis.own = []
const { log } = console; console.log = (...given) => { own.push(given[0]); log('own', ...given) }
const native = fetch; window.fetch = (...given) => { own.push('fetch'); return native(...given) }
console.log('hey'); fetch('/ok?own').then((r) => own.push(r.status))
window.setTimeout = () => 0
</script>`,
  })
  await page.report('console', ({ text }) => text === 'own hey')
  await page.report('request', ({ url }) => url.endsWith('/ok?own'))
  await expect
    .poll(() => page.frame.evaluate(() => (globalThis as unknown as { own: unknown }).own))
    .toEqual(['hey', 'fetch', 200])
})

test('a page that shows nothing is told once, from the start or after an error; one that shows something is not', async () => {
  const empty = await pages.open({ body: '<div id="root"><div style="min-height:100vh;background:#eee"></div></div>' })
  const vanishing = await pages.open({
    body: `<div id="root">Hello</div><script>
addEventListener('load', () => setTimeout(() => { root.innerHTML = ''; throw new Error('render failed') }, 100))
setTimeout(() => { throw new Error('again') }, 600)
</script>`,
  })
  const late = await pages.open({
    body: `<div id="root"></div><script>setTimeout(() => { root.innerHTML = '<svg width="20" height="20"></svg>' }, 900)</script>`,
  })
  const erring = await pages.open({
    body: `<div id="root"><button>Ok</button></div><script>setTimeout(() => { throw new Error('harmless') }, 300)</script>`,
  })
  await empty.report('blank')
  await vanishing.report('blank')
  await erring.report('uncaught')
  await erring.frame.waitForFunction(() => performance.now() > 4_500) // longer than an error is followed
  const blanks = async (page: typeof empty) => (await page.reports()).filter(({ kind }) => kind === 'blank').length
  expect([await blanks(empty), await blanks(vanishing), await blanks(late), await blanks(erring)]).toEqual([1, 1, 0, 0])
})

test('where one is in the app is told at hello and at every step', async () => {
  const page = await pages.open({ body: '<p>App</p>' })
  const paths = async () =>
    (await page.messages()).flatMap((message) => (message.type === 'overskill:path' ? [message.path] : []))
  await expect.poll(paths).toEqual(['/'])
  await page.frame.evaluate(() => history.pushState({}, '', '/books/1?sort=up'))
  await expect.poll(paths).toEqual(['/', '/books/1?sort=up'])
  await page.frame.evaluate(() => history.replaceState({}, '', '/books/2'))
  await expect.poll(paths).toEqual(['/', '/books/1?sort=up', '/books/2'])
  await page.frame.evaluate(() => {
    location.hash = 'top'
  })
  await expect.poll(paths).toEqual(['/', '/books/1?sort=up', '/books/2', '/books/2#top'])
  await page.frame.evaluate(() => history.back())
  await expect.poll(paths).toEqual(['/', '/books/1?sort=up', '/books/2', '/books/2#top', '/books/2'])
  await page.hello()
  await expect.poll(paths).toHaveLength(6)
})

test('a person who types is told once; code that fills a field is not', async () => {
  const page = await pages.open({ body: '<input id="a"><textarea id="b"></textarea><button id="c">C</button>' })
  const touches = async () => (await page.messages()).filter(({ type }) => type === 'overskill:touched').length
  await page.frame.evaluate(() => {
    const field = document.querySelector('input')
    if (field) field.value = 'x'
    field?.dispatchEvent(new Event('input', { bubbles: true }))
  })
  await page.frame.locator('#c').press('Space')
  expect(await touches()).toBe(0)
  await page.frame.locator('#a').pressSequentially('abc')
  await page.frame.locator('#b').pressSequentially('abc')
  await expect.poll(touches).toBe(1)
})

test('what happened before the hello is kept, the newest 200 of it; after it nothing is repeated', async () => {
  const page = await pages.open(
    {
      body: `<p>App</p><script>
let sent = 0; const step = () => { for (let i = 0; i < 60; i++) console.log('n' + sent++); if (sent < 240) setTimeout(step, 1050); else document.title = 'done' }
step()
</script>`,
    },
    { hello: false },
  )
  await page.frame.waitForFunction(() => document.title === 'done', undefined, { timeout: 20_000 })
  expect(await page.messages()).toEqual([])
  await page.hello()
  await page.report('console', ({ text }) => text === 'n239')
  const texts = (await page.reports()).flatMap((report) => (report.kind === 'console' ? [report.text] : []))
  expect(texts).toEqual(Array.from({ length: 200 }, (_, i) => `n${i + 40}`))
  expect((await page.messages())[0]).toEqual({ type: 'overskill:ready' })
  await page.hello()
  await page.frame.evaluate(() => window.console.log('last'))
  await page.report('console', ({ text }) => text === 'last')
  expect(await page.reports()).toHaveLength(201)
})

test('a hello from another origin, from the page itself or with other words gets nothing', async () => {
  const page = await pages.open(
    { body: `<p>App</p><script>console.log('secret of the page')</script>` },
    { studio: `http://other.localhost:${pages.port}/` },
  )
  await page.frame.evaluate((origin) => {
    const forged = { data: { type: 'overskill:hello' }, origin, source: window.parent }
    window.dispatchEvent(new MessageEvent('message', forged))
    window.postMessage({ type: 'overskill:hello' }, '*')
  }, `http://localhost:${pages.port}`)
  // What the page sends of its own comes after anything that it could have sent before.
  await page.frame.evaluate(() => window.parent.postMessage({ type: 'overskill:touched' }, '*'))
  await expect.poll(() => page.messages()).toEqual([{ type: 'overskill:touched' }])

  const right = await pages.open({ body: '<p>App</p>' }, { hello: false })
  await right.tab.evaluate(() => {
    const frame = document.querySelector('iframe')?.contentWindow
    for (const word of [null, 'overskill:hello', { type: 'overskill:ready' }, 7]) frame?.postMessage(word, '*')
  })
  await right.frame.evaluate(() => window.parent.postMessage({ type: 'overskill:touched' }, '*'))
  await expect.poll(() => right.messages()).toEqual([{ type: 'overskill:touched' }])
})

test('a page in a tab of its own is left as it is', async () => {
  const tab = await pages.openAlone({ body: '<p>App</p>' })
  const natives = await tab.evaluate(() =>
    ['fetch', 'console.log', 'history.pushState', 'XMLHttpRequest.prototype.send'].map((path) => {
      const found = path.split('.').reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], window)
      return Function.prototype.toString.call(found).includes('[native code]')
    }),
  )
  expect(natives).toEqual([true, true, true, true])
})

test('a page that logs 100,000 times is heard at most 100 times a second, then says how many were dropped', async () => {
  const page = await pages.open({
    before: 'console.log = () => {}', // the browser's own would take half a minute
    body: `<p>App</p><script>
addEventListener('message', () => setTimeout(() => {
  const began = performance.now()
  for (let i = 0; i < 100000; i++) console.log('spam', i, { i })
  globalThis.spamMs = performance.now() - began
  setTimeout(() => { throw new Error('not lost in it') })
}))
</script>`,
  })
  const note = await page.report('console', ({ text }) => text.includes('were dropped'))
  await page.report('uncaught', ({ text }) => text === 'Error: not lost in it')
  const reports = await page.reports()
  const ms = await page.frame.evaluate(() => (globalThis as unknown as { spamMs: number }).spamMs)
  expect(reports.length).toBeLessThanOrEqual(100 * (Math.ceil(ms / 1_000) + 1))
  const heard = reports.filter((report) => report.kind === 'console' && report.text.startsWith('spam')).length
  const dropped = reports.flatMap((report) =>
    report.kind === 'console' ? [Number(/: (\d+) further messages/.exec(report.text)?.[1] ?? 0)] : [],
  )
  expect(note.level).toBe('warn')
  expect(heard + dropped.reduce((sum, each) => sum + each, 0)).toBe(100_000)
})
