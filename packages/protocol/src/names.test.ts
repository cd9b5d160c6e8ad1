import fc from 'fast-check'
import { expect, test } from 'vitest'
import { newAppId } from './ids.ts'
import { parseHost, previewHost, publishedHost, slugFromName, slugProblem } from './names.ts'

const domains = { studio: 'localhost', apps: 'localhost' }

test('L32: any name gives a legal slug, and its host reads back as that slug', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 90 }), (name) => {
      const slug = slugFromName(name, newAppId())
      expect(slugProblem(slug)).toBeUndefined()
      expect(parseHost(publishedHost(slug, 'localhost'), domains)).toEqual({ kind: 'published', key: slug })
    }),
  )
})

test('L32: a preview host is read in any case, with a port and with a trailing dot', () => {
  const host = previewHost('abc123', 'localhost')
  for (const form of [host, host.toUpperCase(), `${host}:4000`, `${host}.`]) {
    expect(parseHost(form, domains)).toEqual({ kind: 'preview', key: 'abc123' })
  }
})

test('L34: two apps of one name get two addresses, the second with its id', () => {
  const taken = new Set([slugFromName('Reading list', 'aaaaaa')])
  expect([...taken]).toEqual(['reading-list'])
  expect(slugFromName('Reading list', 'bbbbbb', (slug) => taken.has(slug))).toBe('reading-list-bbbbbb')
})

test.each([
  'preview-foo',
  'preview-abc123',
  'live-x',
  'www',
  'api',
  'xn--bcher-kva',
  'ab',
  '-abc',
  'abc-',
  'a--b',
  'ABC',
  'a_b',
])('L32: %s is no address of an app', (slug) => {
  expect(slugProblem(slug)).toBeDefined()
})

test('a host below no domain of ours is foreign, and loopback names are the studio', () => {
  expect(parseHost('example.com', domains).kind).toBe('foreign')
  expect(parseHost('127.0.0.1:4000', domains).kind).toBe('studio')
  expect(parseHost('[::1]:4000', domains).kind).toBe('studio')
  expect(parseHost('a.b.localhost', domains).kind).toBe('foreign')
})
