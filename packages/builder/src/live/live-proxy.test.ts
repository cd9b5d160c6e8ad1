import { mkdtemp, rm } from 'node:fs/promises'
import { createServer as createHttpServer } from 'node:http'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createLiveProxy } from './live-proxy.ts'

let dir: string
let socketPath: string
let saying: string
let upstream: Server
const proxy = createLiveProxy({})
const front = createHttpServer((request, response) => proxy.forward(socketPath, 'a', request, response))

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'proxy-'))
  socketPath = join(dir, 's')
  upstream = createServer((socket) => socket.once('data', () => socket.end(saying)))
  await new Promise<void>((resolve) => upstream.listen(socketPath, resolve))
  await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve))
})
afterAll(async () => {
  proxy.close()
  front.close()
  upstream.close()
  await rm(dir, { recursive: true })
})

test.each(['000', '001', '099', '600', '999'])(
  'a status that no answer has (%s) is a bad gateway, and nothing is thrown',
  async (status) => {
    saying = `HTTP/1.1 ${status} Odd\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok`
    const { port } = front.address() as AddressInfo
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(502)
  },
)
