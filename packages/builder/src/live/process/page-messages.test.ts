import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { filterMessages } from './page-messages.ts'

const custom = (event: string, data?: unknown): string => JSON.stringify({ type: 'custom', event, data })

/** What a listener that was there first hears of a message. */
function hear(message: string): string[] {
  const socket = new EventEmitter()
  const heard: string[] = []
  socket.on('message', (raw: unknown) => heard.push(String(raw)))
  filterMessages(socket)
  socket.emit('message', Buffer.from(message), false)
  return heard
}

test.each([
  ['an invalidation without data', custom('vite:invalidate')],
  ['an invalidation of null', custom('vite:invalidate', null)],
  ['an invalidation of a path that is no text', custom('vite:invalidate', { path: 1 })],
  ['an invalidation of a path without end', custom('vite:invalidate', { path: 'a'.repeat(3_000) })],
  ['a call without data', custom('vite:invoke')],
  ['a call', custom('vite:invoke', { id: 'send:1', name: 'fetchModule', data: ['/etc/passwd'] })],
  ['an event of Vite itself', custom('vite:client:connect', {})],
  ['a greeting without data', custom('live:hello')],
  ['a message without end', custom('live:hello', { revision: 1, more: 'a'.repeat(9_000) })],
  ['no JSON', '{'],
  ['null', 'null'],
])('%s does not reach Vite', (_, message) => expect(hear(message)).toEqual([]))

test('a greeting and an invalidation reach Vite, without what else they bring', () => {
  expect(hear(custom('live:hello', { revision: 3, more: 1 }))).toEqual([custom('live:hello', { revision: 3 })])
  const invalid = { path: '/src/a.tsx', message: 'Could not refresh', firstInvalidatedBy: '/src/a.tsx' }
  expect(hear(custom('vite:invalidate', { ...invalid, more: 1 }))).toEqual([custom('vite:invalidate', invalid)])
})

test('a listener that throws ends nothing', () => {
  const socket = new EventEmitter()
  socket.on('message', () => {
    throw new Error('not ready')
  })
  filterMessages(socket)
  expect(() => socket.emit('message', Buffer.from(custom('live:hello', { revision: 1 })))).not.toThrow()
})
