import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createVendorFiles, VENDOR_PATH } from './vendor-files.ts'

test('a chunk whose compressed form cannot be kept is served each time, and leaves nothing half-written', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'vendor-'))
  const name = `${'a'.repeat(20)}.js`
  const code = 'export const a = 1\n'.repeat(100)
  await writeFile(join(dir, name), code)
  await mkdir(join(dir, `${name}.br`)) // no file can be put there
  const files = createVendorFiles(dir)
  const server = createServer((request, response) => {
    files.serve(request, response, {}).catch(() => response.writeHead(500).end())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  for (const time of [1, 2]) {
    const answer = await fetch(`http://127.0.0.1:${port}${VENDOR_PATH}${name}`, {
      headers: { 'Accept-Encoding': 'br' },
    })
    expect([time, answer.status, answer.headers.get('content-encoding')]).toEqual([time, 200, 'br'])
    expect(await answer.text()).toBe(code)
  }
  expect((await readdir(dir)).toSorted()).toEqual([name, `${name}.br`])
  server.close()
  await rm(dir, { recursive: true })
})
