import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readRequestPath } from './request-path.ts'

const piece = fc.constantFrom(
  '/',
  '//',
  '.',
  '..',
  '%2e',
  '%2F',
  '%00',
  '%',
  '%c3',
  '%c3%bc',
  '\\',
  'a',
  '?',
  '#',
  ' ',
  '\n',
)

test('E14: whatever is asked, a path starts at the root and names nothing above it', () => {
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const asked = readRequestPath(`/${pieces.join('')}`)
      if (asked.kind === 'path') {
        expect(asked.path).toMatch(/^\//)
        expect(asked.path.split('/')).not.toContain('..')
        expect(asked.path).not.toMatch(/\p{Cc}/u)
      }
    }),
  )
})

test('E14: a redirect stays on the host, and the next answer is not a redirect', () => {
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const asked = readRequestPath(`/${pieces.join('')}`)
      if (asked.kind !== 'moved') return
      expect(new URL(asked.location, 'http://app.localhost').host).toBe('app.localhost')
      expect(readRequestPath(asked.location).kind).not.toBe('moved')
    }),
  )
})
