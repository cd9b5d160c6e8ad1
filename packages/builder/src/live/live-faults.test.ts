import { mkdtemp, rm } from 'node:fs/promises'
import { request as startRequest } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { openSandbox } from '../sandbox/open-sandbox.ts'
import type { Sandbox } from '../sandbox/sandbox.ts'
import { createStyleService, type StyleRequest, type StyleService } from '../styles/style-service.ts'
import { smallApp } from '../test-builder.ts'
import { startTestLive, type TestLive } from './test-live.ts'

const READY = { status: 'ready', errors: [] }
const sandbox = await openSandbox()
const silent = { error: () => undefined, warn: () => undefined, info: () => undefined }

/** An app whose stylesheet needs code that it brings. */
const plugged = smallApp(`import './a.css'`, {
  'src/a.css': '@import "tailwindcss";\n@plugin "./plugin.js";',
  'src/plugin.js': 'export default function plugin() {}',
})

/** The sandbox of this machine; `onStart` hears of the script of each process, and may end it. */
const watched = (onStart: (script: string, kill: () => void) => void): Sandbox => ({
  mode: sandbox.mode,
  start(command) {
    const confined = sandbox.start(command)
    onStart(command.args[0] ?? '', () => confined.kill())
    return confined
  },
})

test('an app that is closed while its page opens has no stylesheet compiled, and ends nothing', async () => {
  const real = createStyleService({ sandbox, log: silent })
  const asked: StyleRequest[] = []
  const styles: StyleService = {
    compile(request, options) {
      asked.push(request)
      return real.compile(request, options)
    },
    close: () => real.close(),
  }
  await using live = await startTestLive({ styles })
  const opening = live.service.open('gone', plugged, { env: {}, signal: AbortSignal.timeout(60_000) })
  await vi.waitFor(() => expect(live.service.isOpen('gone')).toBe(true), { interval: 1 })
  await live.service.close('gone')
  expect(await opening).toMatchObject({ ok: true, value: { status: 'broken' } })
  expect(asked).toEqual([])
  expect(await live.open('other', smallApp('export {}'))).toEqual(READY)
  await real.close()
})

/** A text frame as a browser sends it, its mask all zeros. */
const frameOf = (message: object): Buffer => {
  const body = Buffer.from(JSON.stringify(message))
  return Buffer.concat([Buffer.from([0x81, 0x80 | body.length, 0, 0, 0, 0]), body])
}

/** Asks as a browser would, which names the host that it does not connect to by name. */
function read(port: number, host: string, path: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const request = startRequest({ host: '127.0.0.1', port, path, headers: { Host: host } }, (response) => {
    let body = ''
    response.setEncoding('utf8')
    response.on('data', (piece: string) => (body += piece))
    response.on('end', () => resolve(body))
  })
  request.on('error', reject)
  request.end()
  return promise
}

async function openSocket(live: TestLive, app: string) {
  const host = `live-${app}.localhost:${live.port}`
  const script = await read(live.port, host, '/@vite/client')
  const token = /wsToken = "([^"]+)"/.exec(script)?.[1] ?? ''
  const socket = connect(live.port, '127.0.0.1')
  let said = ''
  socket.on('data', (piece) => (said += piece.toString('latin1')))
  socket.on('error', () => undefined)
  const headers = `Host: ${host}\r\nOrigin: http://${host}\r\nSec-WebSocket-Protocol: vite-hmr`
  const fixed = `Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==`
  socket.write(`GET /?token=${token} HTTP/1.1\r\n${fixed}\r\n${headers}\r\n\r\n`)
  await vi.waitFor(() => expect(said).toContain('"connected"'), { timeout: 10_000 })
  return { socket, said: () => said }
}

test('whatever a page says on its socket, the process of the pages goes on', async () => {
  const started: string[] = []
  await using live = await startTestLive({ sandbox: watched((script) => started.push(script)) })
  await live.open('loud', smallApp('export {}'))
  await live.open('calm', smallApp('export {}'))
  const before = started.length
  const { socket, said } = await openSocket(live, 'loud')
  for (const event of ['vite:invalidate', 'vite:invoke', 'live:hello', 'vite:client:connect', 'vite:forward-console'])
    for (const data of [undefined, null, 1, {}, { path: 1 }]) socket.write(frameOf({ type: 'custom', event, data }))
  socket.write(frameOf({ type: 'custom', event: 'live:hello', data: { revision: -1 } }))
  await vi.waitFor(() => expect(said()).toContain('full-reload'), { timeout: 10_000 })
  expect(await live.write('calm', { 'src/b.ts': 'export const b = 1' })).toEqual(READY)
  expect(started).toHaveLength(before)
  socket.destroy()
})

test('a stylesheet that was not compiled in time is tried again, and the page has it then', async () => {
  let times = 0
  const styles: StyleService = {
    compile: async () => {
      times += 1
      if (times > 1) return { ok: true, css: '.late { color: red }' }
      return { ok: false, faults: [{ where: 'process', message: 'The build was stopped.' }] }
    },
    close: async () => undefined,
  }
  await using live = await startTestLive({ styles })
  expect((await live.open('late', plugged)).errors[0]?.message).toBe('The build was stopped.')
  await vi.waitFor(() => expect(live.states).toEqual([{ app: 'late', state: READY }]), { timeout: 20_000 })
  expect(times).toBe(2)
})

test('a stylesheet that is wrong is compiled once for the same files', async () => {
  let times = 0
  const styles: StyleService = {
    compile: async () => {
      times += 1
      return { ok: false, faults: [{ where: 'sheet', message: 'Unknown word' }] }
    },
    close: async () => undefined,
  }
  await using live = await startTestLive({ styles })
  await live.open('wrong', plugged)
  const once = times
  await live.service.change('wrong', [])
  expect(times).toBe(once)
})

const DEEP = `import { addDays } from 'date-fns/addDays'\nconsole.log(addDays)`

test('packages that could not be bundled are tried again, and the page has them then', async () => {
  let faults = 0
  const failing = watched((script, kill) => {
    if (faults > 0 && script.endsWith('vendor-main.ts') && faults-- > 0) kill()
  })
  const vendorCacheDir = await mkdtemp(join(tmpdir(), 'vendor-'))
  {
    await using live = await startTestLive({ sandbox: failing, vendorCacheDir })
    expect(await live.open('deep', smallApp('export {}'))).toEqual(READY)
    faults = 1
    const state = await live.write('deep', { 'src/main.tsx': DEEP })
    expect(state.errors[0]?.message).toBe('"date-fns/addDays" is being prepared.')
    await vi.waitFor(() => expect(live.states.at(-1)).toEqual({ app: 'deep', state: READY }), { timeout: 40_000 })
    expect(faults).toBe(0)
  }
  await rm(vendorCacheDir, { recursive: true })
}, 90_000)

test('wrong imports of one app are told to that app, and keep no page of another from its packages', async () => {
  const list = (count: number, of: (index: number) => string): string[] =>
    Array.from({ length: count }, (_, i) => of(i))
  const vendorCacheDir = await mkdtemp(join(tmpdir(), 'vendor-'))
  {
    await using live = await startTestLive({ vendorCacheDir })
    const names = `export { ${list(2_500, (index) => `a${index}`).join(', ')} } from 'react'`
    const modules = list(1_500, (index) => `import 'date-fns/no-${index}'`).join('\n')
    const wrong = await live.open('wrong', smallApp(names))
    expect(wrong.errors[0]?.message).toBe('"a0" is not exported by the package "react".')
    await live.write('wrong', { 'src/main.tsx': `${modules}\nexport {}` })
    const absent = 'The package "date-fns" has no module "date-fns/no-0" for browsers.'
    await vi.waitFor(() => expect(live.states.at(-1)?.state.errors[0]?.message).toBe(absent), { timeout: 40_000 })
    expect(await live.open('right', smallApp(DEEP))).toEqual(READY)
    expect(live.logged.join('\n')).not.toContain('could not be bundled')
  }
  await rm(vendorCacheDir, { recursive: true })
}, 120_000)
