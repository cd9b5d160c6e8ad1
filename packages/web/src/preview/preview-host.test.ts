import type { NewAppEvent } from '@overskill/protocol'
import { expect, test } from 'vitest'
import { applyToApp, beginFrom, type AppState } from '../editor/app-state.ts'
import { finishWithVersion, playTurn } from '../testing/scenarios.ts'
import { createStandIn } from '../testing/stand-in.ts'
import type { StandIn } from '../testing/stand-in-state.ts'
import { turnOf, versionOf } from '../testing/stand-in-data.ts'
import { sayTo } from '../testing/stand-in-deeds.ts'
import { chooseHost, isUnderWay, pathInApp, type Heard } from './preview-host.ts'

type Prepared = { standIn: StandIn; app: string; now: () => AppState; reloaded: () => AppState }

const prepared = (): Prepared => {
  const standIn = createStandIn(() => 80)
  const made = standIn.addApp()
  const begin = beginFrom(made.snapshot)
  const app = made.snapshot.app.id
  return { standIn, app, now: () => made.log.reduce(applyToApp, begin), reloaded: () => beginFrom(made.snapshot) }
}

const withVersion = (): Prepared => {
  const all = prepared()
  finishWithVersion(all.standIn, playTurn(all.standIn, all.app, 'A list'), 1, 'Made a list')
  return all
}

const change = { path: 'src/App.tsx', action: 'changed' as const, added: 1, removed: 1 }
const written = (turn: string): NewAppEvent => ({
  type: 'files.changed',
  changes: [change],
  origin: { turn, call: 'call_aaaaaaaa' },
})
const edited: NewAppEvent = { type: 'files.changed', changes: [change], origin: { person: 'you' } }
const nothing: Heard = { shows: undefined, touched: false, lostAt: undefined }
const live: Heard = { ...nothing, shows: { host: 'live' } }
const preview: Heard = { ...nothing, shows: { host: 'preview' } }

test('an app at rest shows what is deployed, and an empty one nothing', () => {
  expect(chooseHost(prepared().now(), nothing)).toEqual({ host: undefined, waiting: undefined })
  expect(chooseHost(withVersion().now(), nothing).host).toBe('preview')
})

test('a build turn shows the live page until it has ended, one that only talks does not', () => {
  const { standIn, app, now } = withVersion()
  const talk = sayTo(standIn, app, 'Why?').turn
  standIn.emit(app, { type: 'turn.started', turn: turnOf(talk.id, talk.message, 'running', { mode: 'chat' }) })
  expect(chooseHost(now(), preview).host).toBe('preview')
  standIn.emit(app, { type: 'turn.completed', turn: turnOf(talk.id, talk.message, 'completed', { mode: 'chat' }) })
  const played = playTurn(standIn, app, 'A chart')
  expect(chooseHost(now(), preview).host).toBe('live')
  finishWithVersion(standIn, played, 2, 'Added a chart')
  expect(chooseHost(now(), live).host).toBe('preview')
})

test('the first turn shows the live page once files have changed, also to a page that came later', () => {
  const { standIn, app, now, reloaded } = prepared()
  const played = playTurn(standIn, app, 'A list')
  expect(chooseHost(now(), nothing).host).toBeUndefined()
  const call = played.call(played.block('tools'), 'os-write')
  call.run({ file_path: 'src/App.tsx', content: 'x' })
  expect(chooseHost(reloaded(), nothing).host).toBeUndefined()
  call.done('OK', { added: 1, removed: 0 })
  played.emit(written(played.turn.id))
  expect(chooseHost(now(), nothing).host).toBe('live')
  expect(chooseHost(reloaded(), nothing).host).toBe('live')
})

test('an edit shows the live page until what became of it is known', () => {
  const { standIn, app, now } = withVersion()
  standIn.emit(app, edited)
  expect(chooseHost(now(), nothing).host).toBe('live')
  standIn.emit(app, { type: 'version.created', version: versionOf(2, 'Edited', { origin: 'edit' }) })
  const { deployments } = standIn.app(app).snapshot
  const next = { ...deployments[0], id: 'dep_bbbbbbbb', version: 2, status: 'building' } as (typeof deployments)[0]
  standIn.emit(app, { type: 'deployment.started', deployment: next })
  expect(isUnderWay(now())).toBe(true)
  standIn.emit(app, { type: 'deployment.completed', deployment: { ...next, status: 'live' } })
  expect(isUnderWay(now())).toBe(false)
})

test('an edit that gives way to an older version is under way no longer, one that gives way to a newer edit is', () => {
  const { standIn, app, now } = withVersion()
  const { deployments } = standIn.app(app).snapshot
  const second = { ...deployments[0], id: 'dep_bbbbbbbb', version: 2, status: 'superseded' } as (typeof deployments)[0]
  standIn.emit(app, edited)
  standIn.emit(app, { type: 'version.created', version: versionOf(2, 'Edited', { origin: 'edit' }) })
  standIn.emit(app, { type: 'version.created', version: versionOf(3, 'Edited', { origin: 'edit' }) })
  standIn.emit(app, { type: 'deployment.stage', deployment: second })
  expect(isUnderWay(now())).toBe(true)
  standIn.emit(app, { type: 'deployment.stage', deployment: { ...second, version: 3 } })
  expect(isUnderWay(now())).toBe(false)
})

test('a live page in which something was typed stays, and says what waits', () => {
  const { now } = withVersion()
  expect(chooseHost(now(), { ...live, touched: true })).toEqual({
    host: 'live',
    waiting: { host: 'preview', version: 1 },
  })
  expect(chooseHost(now(), { ...live, touched: true, lostAt: now().changes })).toMatchObject({ host: 'preview' })
})

test('a deployed page in which something was typed stays too, before the live page and before the next version', () => {
  const { standIn, app, now } = withVersion()
  const [first] = now().snapshot.deployments
  const shown: Heard = { ...nothing, shows: { host: 'preview', deployment: first?.id }, touched: true }
  expect(chooseHost(now(), shown)).toEqual({ host: 'preview', waiting: undefined })
  const played = playTurn(standIn, app, 'A chart')
  expect(chooseHost(now(), shown)).toEqual({ host: 'preview', waiting: { host: 'live' } })
  finishWithVersion(standIn, played, 2, 'Added a chart')
  expect(chooseHost(now(), shown)).toEqual({ host: 'preview', waiting: { host: 'preview', version: 2 } })
  expect(chooseHost(now(), { ...shown, touched: false })).toEqual({ host: 'preview', waiting: undefined })
})

test('L25: a first version that does not build leaves the live page, which is all there is', () => {
  const { standIn, app, now } = prepared()
  const played = playTurn(standIn, app, 'A list')
  played.emit(written(played.turn.id))
  finishWithVersion(standIn, played, 1, 'A list', [{ file: 'src/App.tsx', message: 'no' }])
  expect(chooseHost(now(), live)).toEqual({ host: 'live', waiting: undefined })
  expect(chooseHost(now(), nothing).host).toBeUndefined()
})

test('a live page that cannot be opened is asked for again only when files change again', () => {
  const { standIn, app, now } = withVersion()
  const played = playTurn(standIn, app, 'A chart')
  const lost = { ...live, lostAt: now().changes }
  expect(chooseHost(now(), lost).host).toBe('preview')
  played.emit(written(played.turn.id))
  expect(chooseHost(now(), lost).host).toBe('live')
})

test('a path stays in the app, whatever the page says', () => {
  const base = 'http://live-abc123.localhost:4000/'
  expect(pathInApp('/books/7?sort=title#top', base)).toBe('/books/7?sort=title#top')
  for (const path of [
    '//evil.example/x',
    '/\\evil.example',
    'https://evil.example/',
    'javascript:alert(1)',
    'http://[',
  ])
    expect(pathInApp(path, base)).toBeUndefined()
  for (const [path, inside] of [
    [`${base}/`, '/'],
    ['/.//evil.example/login', '/evil.example/login'],
    ['/..///evil.example?a=//b', '/evil.example?a=//b'],
  ] as const) {
    expect(pathInApp(path, base)).toBe(inside)
    expect(new URL(inside, base).origin).toBe(new URL(base).origin)
  }
})
