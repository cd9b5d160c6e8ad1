import { expect, test } from 'vitest'
import { createPageListener } from './page-messages.ts'

const origin = 'http://live-abc123.localhost:4000'
const page = {} as Window
const touched = { type: 'overskill:touched' }

test('only the page in the frame is listened to, and only at its own address', () => {
  const { read } = createPageListener(() => page, origin)
  expect(read({ source: page, origin, data: touched })).toEqual(touched)
  expect(read({ source: {} as Window, origin, data: touched })).toBeUndefined()
  expect(read({ source: page, origin: 'http://evil.example', data: touched })).toBeUndefined()
  expect(createPageListener(() => null, origin).read({ source: null, origin, data: touched })).toBeUndefined()
})

test('what is not a known message is nothing', () => {
  const { read } = createPageListener(() => page, origin)
  const wrong = [undefined, 'overskill:touched', { type: 'overskill:hello' }, { type: 'overskill:path', path: 7 }]
  expect(wrong.map((data) => read({ source: page, origin, data }))).toEqual(wrong.map(() => undefined))
})

test('a page that talks without end is cut short, told of, and heard again later', () => {
  let now = 0
  const listener = createPageListener(
    () => page,
    origin,
    () => now,
  )
  const say = () => listener.read({ source: page, origin, data: touched })
  const heard = Array.from({ length: 1_000 }, say).filter((one) => one !== undefined)
  expect(heard).toHaveLength(400)
  expect(listener.takeDropped()).toBe(600)
  expect(listener.takeDropped()).toBe(0)
  now = 1_000
  expect(Array.from({ length: 200 }, say).filter((one) => one !== undefined)).toHaveLength(100)
})
