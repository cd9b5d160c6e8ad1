import { must, type PreviewReport } from '@overskill/protocol'
import { expect, test } from 'vitest'
import { only, startTestPlane, value } from '../test-plane.ts'
import { withTestDatabase } from '../database/test-database.ts'
import { createEventLog } from '../events/event-log.ts'
import { insertTestApp } from '../events/test-app.ts'
import { createPreviewReports } from './preview-reports.ts'

const { db } = await withTestDatabase()
const log = createEventLog(db)

/** Reports of apps in a database of their own, on a clock that the test moves. */
function startReports() {
  const clock = { now: 1_700_000_000_000 }
  const reports = createPreviewReports({
    db,
    log,
    locate: {
      live: async (_, places) =>
        places.map(({ line }) => (line === 7 ? { file: 'src/App.tsx', line: 3, column: 2 } : null)),
      preview: async () => [],
    },
    urlOf: (app, host) => `http://${host}-${app}.localhost/`,
    now: () => clock.now,
  })
  const errors = async (app: string) => only(await log.list(app, 0, 1_000), 'preview.error').map(({ error }) => error)
  return { reports, clock, errors }
}

const uncaught = (text: string, line = 7): PreviewReport => ({
  kind: 'uncaught',
  at: 1,
  text,
  stack: [{ file: 'http://live-abc123.localhost/src/App.tsx', line, column: 1 }],
})
const request = (status: number, url = 'https://api.test/x'): PreviewReport => ({
  kind: 'request',
  at: 1,
  method: 'GET',
  url,
  status,
  ms: 3,
})
const console_ = (level: 'log' | 'warn' | 'error', text: string): PreviewReport => ({
  kind: 'console',
  at: 1,
  level,
  text,
})

test('reports are answered with their places in the app, kept for tools, and free of secrets', async () => {
  const { reports } = startReports()
  const app = await insertTestApp(db)
  const secret = { ...request(200, 'https://api.test/x?apikey=abc'), body: '{"access_token":"abcdef"}' }
  const taken = value(await reports.take(app, { host: 'live', reports: [uncaught('a'), uncaught('b', 9), secret] }))
  expect(taken.map((report) => ('stack' in report ? report.stack?.[0]?.file : report.kind))).toEqual([
    'src/App.tsx',
    'http://live-abc123.localhost/src/App.tsx',
    'request',
  ])
  expect(taken[2]).toMatchObject({ url: 'https://api.test/x?apikey=[masked]', body: '{"access_token":"[masked]"}' })
  expect(
    reports
      .of(app)
      .list()
      .map(({ report }) => report),
  ).toEqual(taken.toReversed())
})

test('what is wrong becomes an event: uncaught, blank, failed requests and console errors, and nothing else', async () => {
  const { reports, errors } = startReports()
  const app = await insertTestApp(db)
  const all = [
    uncaught('boom'),
    console_('log', 'x'),
    console_('warn', 'x'),
    console_('error', 'bad'),
    request(200),
    request(404),
    request(0),
  ]
  value(await reports.take(app, { host: 'live', reports: [...all, { kind: 'blank', at: 1 }] }))
  expect(await errors(app)).toEqual([
    { kind: 'uncaught', message: 'boom', file: 'src/App.tsx', line: 3 },
    { kind: 'console', message: 'bad' },
    { kind: 'request', message: 'GET https://api.test/x answered 404' },
    { kind: 'request', message: 'GET https://api.test/x got no answer' },
    { kind: 'blank', message: 'The page shows nothing.' },
  ])
  const [event] = only(await log.list(app, 0, 10), 'preview.error')
  expect([event?.url, event?.version]).toEqual([`http://live-${app}.localhost/`, undefined])
})

test('the same problem is told once until the files or the preview change, and at most ten a minute', async () => {
  const { reports, clock, errors } = startReports()
  const app = await insertTestApp(db)
  const send = async (...sent: PreviewReport[]) => value(await reports.take(app, { host: 'live', reports: sent }))
  await send(uncaught('boom'), uncaught('boom'))
  await send(uncaught('boom'))
  expect(await errors(app)).toHaveLength(1)
  const changes = [{ path: 'a.txt', action: 'created' as const, added: 1, removed: 0 }]
  await log.write((write) => write.append(app, [{ type: 'files.changed', changes, origin: { person: 'p' } }]))
  await send(uncaught('boom'))
  expect(await errors(app)).toHaveLength(2)
  await log.write((write) => write.append(app, [{ type: 'preview.ready', url: 'http://x/' }]))
  await send(uncaught('boom'))
  expect(await errors(app)).toHaveLength(3)
  await send(...Array.from({ length: 50 }, (_, i) => uncaught(`other ${i}`)))
  expect(await errors(app)).toHaveLength(10)
  clock.now += 60_001
  await send(uncaught('later'))
  expect(await errors(app)).toHaveLength(11)
})

test('an app that reports without end is told to wait, others are not', async () => {
  const { reports, clock } = startReports()
  const [loud, quiet] = [await insertTestApp(db), await insertTestApp(db)]
  const many = { host: 'live' as const, reports: Array.from({ length: 100 }, (_, i) => console_('log', `${i}`)) }
  for (let i = 0; i < 20; i += 1) value(await reports.take(loud, many))
  expect(await reports.take(loud, many)).toMatchObject({ ok: false, failure: { code: 'rate_limited' } })
  value(await reports.take(quiet, many))
  clock.now += 1_000
  value(await reports.take(loud, many))
})

test('tools know when a file last changed', async () => {
  const { reports } = startReports()
  const app = await insertTestApp(db)
  expect(await reports.of(app).lastEditAt()).toBeUndefined()
  const changes = [{ path: 'a.txt', action: 'created' as const, added: 1, removed: 0 }]
  const before = Date.now()
  await log.write((write) => write.append(app, [{ type: 'files.changed', changes, origin: { person: 'p' } }]))
  expect(await reports.of(app).lastEditAt()).toBeGreaterThanOrEqual(before - 1)
})

test('a place in a built script of the preview leads to the line of the app that was deployed, with its version', async () => {
  const plane = await startTestPlane()
  const { id } = await plane.create()
  const content = `import { fail } from './fail'\n\nfail()\n`
  const fail = `export function fail(): never {\n  throw new Error('thrown-here')\n}\n`
  const edit = {
    changes: [
      { path: 'src/main.tsx', content },
      { path: 'src/fail.ts', content: fail },
    ],
  }
  value(await plane.calls.files.edit({ app: id, ...edit }, 'person'))
  await plane.until(id, ({ type }) => type === 'preview.ready')
  const page = await plane.page(`preview-${id}`)
  expect(page.body).toContain('overskill:hello')
  const script = must(/src="(\/assets\/[^"]+\.js)"/.exec(page.body)?.[1], 'The script')
  const { body: code } = await plane.page(`preview-${id}`, script)
  const before = code.slice(0, code.indexOf('thrown-here'))
  const place = {
    file: `http://preview-${id}.localhost:4000${script}`,
    line: before.split('\n').length,
    column: before.length - before.lastIndexOf('\n'),
  }
  const posted = { host: 'preview' as const, reports: [{ ...uncaught('Error: thrown-here'), stack: [place] }] }
  const { items } = value(await plane.calls.previews.report({ app: id, ...posted }, 'person'))
  expect(items[0]).toMatchObject({ stack: [{ file: 'src/fail.ts', line: 2 }] })
  const [event] = only(await plane.until(id, ({ type }) => type === 'preview.error'), 'preview.error')
  expect(event).toMatchObject({ version: 1, error: { kind: 'uncaught', file: 'src/fail.ts', line: 2 } })
  expect(event?.url).toContain(`preview-${id}`)
  const missing = await plane.calls.previews.report({ app: 'zzzzz0', ...posted }, 'person')
  expect(missing).toMatchObject({ ok: false, failure: { code: 'not_found' } })
})
