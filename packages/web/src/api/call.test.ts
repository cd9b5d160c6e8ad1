import { contract } from '@overskill/protocol'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createStandIn } from '../testing/stand-in.ts'
import type { StandIn } from '../testing/stand-in-state.ts'
import { call } from './call.ts'
import { readFile, writeFile } from './files.ts'
import { createIdempotency } from './idempotency.ts'
import { ApiProblem, problemOf } from './problem.ts'

let standIn: StandIn

beforeEach(() => {
  standIn = createStandIn(() => 80)
  vi.stubGlobal('fetch', (path: string, init: RequestInit) =>
    standIn.fetch(new Request(`http://localhost${path}`, init)),
  )
})
afterEach(() => vi.unstubAllGlobals())

const refusedWith = async (promise: Promise<unknown>): Promise<ApiProblem> => {
  const error = await promise.catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(ApiProblem)
  return error as ApiProblem
}

test('path parameters go into the path, the rest into the query or the body, and the answer is checked', async () => {
  const app = standIn.addApp({ name: 'Shelf' }).snapshot.app.id
  await call(contract.apps.list, { limit: 7 })
  expect((await call(contract.apps.patch, { app, name: 'Books' })).app.name).toBe('Books')
  const [list, patch] = standIn.received
  expect([list?.method, list?.path]).toEqual(['GET', '/api/apps'])
  expect([patch?.method, patch?.path, patch?.body]).toEqual(['PATCH', `/api/apps/${app}`, { name: 'Books' }])
})

test('a refusal comes as the words of the server, field by field', async () => {
  const app = standIn.addApp().snapshot.app.id
  const errors = [{ path: 'slug', message: 'shelf is taken.' }]
  standIn.refusals.set(`PATCH /${app}`, { status: 422, code: 'invalid', detail: 'The address cannot be had.', errors })
  const { problem } = await refusedWith(call(contract.apps.patch, { app, slug: 'shelf' }))
  expect(problem).toMatchObject({ code: 'invalid', detail: 'The address cannot be had.', errors })
})

test('a server that does not answer is said to be unreachable, never to have failed', async () => {
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('Failed to fetch')))
  expect((await refusedWith(call(contract.models.list, {}))).problem.code).toBe('unreachable')
})

test('an answer that is not what the contract says is a problem, not data', async () => {
  vi.stubGlobal('fetch', () => Promise.resolve(new Response('{"items":[{"id":1}]}')))
  expect((await refusedWith(call(contract.models.list, {}))).problem.title).toBe('The answer could not be read')
  vi.stubGlobal('fetch', () => Promise.resolve(new Response('<html>', { status: 502 })))
  expect((await refusedWith(call(contract.models.list, {}))).problem.detail).toContain('502')
})

test('a send repeated with the same words has the same key, until it has succeeded', () => {
  const { keyFor, renew } = createIdempotency()
  const first = keyFor({ text: 'a' })
  expect(keyFor({ text: 'a' })).toBe(first)
  expect(keyFor({ text: 'b' })).not.toBe(first)
  const second = keyFor({ text: 'b' })
  renew()
  expect(keyFor({ text: 'b' })).not.toBe(second)
})

test('a file is read with its tag and saved only over what was read', async () => {
  const made = standIn.addApp()
  const app = made.snapshot.app.id
  made.files.set('src/Ä b.tsx', 'one')
  const { text, etag, binary } = await readFile(app, 'src/Ä b.tsx')
  expect([text, binary]).toEqual(['one', false])
  await writeFile(app, 'src/Ä b.tsx', 'two', etag)
  expect(made.files.get('src/Ä b.tsx')).toBe('two')
  const refusal = await refusedWith(writeFile(app, 'src/Ä b.tsx', 'three', etag))
  expect(problemOf(refusal).code).toBe('precondition_failed')
  expect(made.files.get('src/Ä b.tsx')).toBe('two')
})

test('bytes that are not text come as a binary file', async () => {
  vi.stubGlobal('fetch', () => Promise.resolve(new Response(new Uint8Array([0x89, 0x50, 0xff, 0]))))
  expect(await readFile('abc123', 'a.png')).toMatchObject({ binary: true, text: '' })
})
