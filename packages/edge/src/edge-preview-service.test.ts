import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { makeApp, startEdge, studioOrigin, testApp } from './test-edge.ts'

const navigation = { 'sec-fetch-mode': 'navigate', accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }

test('a stored artifact is served at its preview host after the switch', async () => {
  await using running = await startEdge()
  await running.deploy(makeApp('one'), 1)

  const page = await running.ask('/', { headers: navigation })
  expect(page.status).toBe(200)
  expect(page.headers['content-type']).toBe('text/html; charset=utf-8')
  expect(page.text).toContain('/assets/app-one.js')
  const chunk = await running.ask('/assets/app-one.js')
  expect([chunk.status, chunk.headers['content-type']]).toEqual([200, 'text/javascript; charset=utf-8'])
  expect(running.errors).toEqual([])
})
