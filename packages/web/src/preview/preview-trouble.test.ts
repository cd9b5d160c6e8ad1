import { must } from '@overskill/protocol'
import { expect, test } from 'vitest'
import { applyToApp, beginFrom, type AppState } from '../editor/app-state.ts'
import { finishWithVersion, playTurn } from '../testing/scenarios.ts'
import { createStandIn } from '../testing/stand-in.ts'
import type { StandIn } from '../testing/stand-in-state.ts'
import { troubleOf } from './preview-trouble.ts'

const place = { file: 'src/pages/Books.tsx', line: 14, column: 9, message: 'Unexpected token' }

const prepared = (): { standIn: StandIn; app: string; now: () => AppState } => {
  const standIn = createStandIn(() => 80)
  const made = standIn.addApp()
  const begin = beginFrom(made.snapshot)
  const app = made.snapshot.app.id
  finishWithVersion(standIn, playTurn(standIn, app, 'A list'), 1, 'Made a list')
  return { standIn, app, now: () => made.log.reduce(applyToApp, begin) }
}

test('what works has no trouble', () => {
  expect(troubleOf(prepared().now(), 'preview')).toBeUndefined()
})

test('a version that does not build is said until files change in the live page', () => {
  const { standIn, app, now } = prepared()
  finishWithVersion(standIn, playTurn(standIn, app, 'A chart'), 2, 'Added a chart', [place])
  expect(troubleOf(now(), 'preview')).toMatchObject({ kind: 'build', file: place.file, line: 14 })
  expect(troubleOf(now(), 'live')?.text).toContain('The page shows the last state that worked.')
  playTurn(standIn, app, 'Fix it')
  expect(troubleOf(now(), 'live')).toBeUndefined()
  expect(troubleOf(now(), 'preview')).toMatchObject({ kind: 'build' })
})

test('a version that builds and cannot be put on line is no matter for the model: it is tried again', () => {
  const { standIn, app, now } = prepared()
  const [live] = standIn.app(app).snapshot.deployments
  const next = { ...must(live, 'A deployment'), id: 'dep_bbbbbbbb', version: 2 }
  standIn.emit(app, {
    type: 'deployment.failed',
    deployment: { ...next, status: 'failed', error: 'The disk is full.' },
  })
  expect(troubleOf(now(), 'preview')).toMatchObject({
    kind: 'deploy',
    fix: undefined,
    again: 2,
    detail: 'The disk is full.',
  })
  expect(troubleOf(now(), 'preview')?.text).toBe('Version 2 could not be put on line. Your app still shows version 1.')
})

test('broken files are the trouble of the live page only, and name the package that is missing', () => {
  const { standIn, app, now } = prepared()
  playTurn(standIn, app, 'A chart')
  const errors = [place, { message: 'No zod', missing: 'zod' }]
  standIn.emit(app, { type: 'preview.live', live: { status: 'broken', errors } })
  expect(troubleOf(now(), 'live')).toMatchObject({ kind: 'live', missing: 'zod', line: 14 })
  expect(troubleOf(now(), 'live')?.detail).toBe('src/pages/Books.tsx:14:9\nUnexpected token\n\nNo zod')
  expect(troubleOf(now(), 'preview')).toBeUndefined()
  standIn.emit(app, { type: 'preview.live', live: { status: 'ready', errors: [] } })
  expect(troubleOf(now(), 'live')).toBeUndefined()
})

test('an error of a page is said only of the page that is in view', () => {
  const { standIn, app, now } = prepared()
  const url = standIn.app(app).snapshot.app.liveUrl
  standIn.emit(app, { type: 'preview.error', url: `${url}books`, error: { kind: 'uncaught', message: 'no' } })
  expect(troubleOf(now(), 'live')).toMatchObject({ kind: 'page', text: 'The page showed an error.' })
  expect(troubleOf(now(), 'preview')).toBeUndefined()
  expect(troubleOf(now(), undefined)).toBeUndefined()
})

test('packages that did not come are said with the reason', () => {
  const { standIn, app, now } = prepared()
  standIn.emit(app, { type: 'packages.ended', names: ['zod'], problem: 'The registry does not answer.' })
  expect(troubleOf(now(), 'preview')).toMatchObject({ kind: 'install', detail: 'The registry does not answer.' })
})
