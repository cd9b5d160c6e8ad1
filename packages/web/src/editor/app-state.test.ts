import type { NewAppEvent } from '@overskill/protocol'
import { expect, test } from 'vitest'
import { createStandIn } from '../testing/stand-in.ts'
import { applyToApp, beginFrom, type AppState } from './app-state.ts'

const url = 'http://preview-abc123.localhost/'
const change = { path: 'src/App.tsx', action: 'changed' as const, added: 1, removed: 1 }
const edited: NewAppEvent = { type: 'files.changed', changes: [change], origin: { person: 'you' } }
const error = (kind: 'console' | 'uncaught' | 'request' | 'blank', message: string, at = url): NewAppEvent => ({
  type: 'preview.error',
  url: at,
  error: { kind, message },
})

function after(...events: NewAppEvent[]): AppState {
  const standIn = createStandIn(() => 80)
  const made = standIn.addApp()
  const begin = beginFrom(made.snapshot)
  for (const event of events) standIn.emit(made.snapshot.app.id, event)
  return made.log.reduce(applyToApp, begin)
}

test('of the errors of a page the first of the gravest kind is told, and all are counted', () => {
  const { pageErrors } = after(
    error('console', 'a'),
    error('blank', 'b'),
    error('uncaught', 'c'),
    error('uncaught', 'd'),
  )
  expect(pageErrors).toMatchObject({ first: 1, count: 4, told: { message: 'c' } })
})

test('errors of another address are those of another page', () => {
  const other = 'http://live-abc123.localhost/'
  expect(after(error('uncaught', 'a'), error('console', 'b', other)).pageErrors).toMatchObject({
    url: other,
    count: 1,
    told: { message: 'b' },
  })
})

test('errors of a page end with its next files or its next version', () => {
  expect(after(error('blank', 'a'), edited).pageErrors).toBeUndefined()
  expect(after(error('blank', 'a'), { type: 'preview.ready', url }).pageErrors).toBeUndefined()
})

test('an install is known while it goes on, and afterwards only when it did not work', () => {
  const names = ['zod']
  const progress = { phase: 'fetching' as const, packages: 1, bytes: 10 }
  const going: NewAppEvent = { type: 'packages.progress', names, progress }
  const failed: NewAppEvent = { type: 'packages.ended', names, problem: 'no' }
  expect(after(going).install).toEqual({ names, progress, problem: undefined })
  expect(after(going, { type: 'packages.ended', names }).install).toBeUndefined()
  expect(after(going, failed).install).toEqual({ names, progress: undefined, problem: 'no' })
  expect(after(going, failed, edited).install).toBeUndefined()
  expect(after(going, edited).install?.progress).toEqual(progress)
})
