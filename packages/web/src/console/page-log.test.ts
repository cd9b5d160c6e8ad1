import type { PreviewReport } from '@overskill/protocol'
import { expect, test } from 'vitest'
import {
  addDropped,
  addReports,
  beginPage,
  countProblems,
  emptyLog,
  findRequests,
  findRows,
  isInApp,
  mostRows,
} from './page-log.ts'

const said = (text: string, level: 'log' | 'warn' | 'error' = 'log', line = 1): PreviewReport => ({
  kind: 'console',
  at: 1_000,
  level,
  text,
  stack: [{ file: 'src/App.tsx', line, column: 1 }],
})
const asked = (url: string, status: number): PreviewReport => ({
  kind: 'request',
  at: 1_000,
  method: 'GET',
  url,
  status,
  ms: 12,
})

test('the same said again is one row with a count, from another place it is another row', () => {
  const log = addReports(emptyLog, [said('a'), said('a'), said('a', 'log', 2), said('a', 'warn', 2), said('a')])
  expect(log.console.map((row) => ('count' in row ? row.count : 0))).toEqual([2, 1, 1, 1])
  expect(new Set(log.console.map((row) => row.id)).size).toBe(4)
})

test('only the newest thousand are kept', () => {
  const log = addReports(
    emptyLog,
    Array.from({ length: 1_500 }, (_, index) => said(`line ${index}`)),
  )
  expect(log.console).toHaveLength(mostRows)
  expect(log.console[0]).toMatchObject({ text: 'line 500' })
})

test('errors and warnings are counted with their repeats; an empty page and what nobody caught are errors', () => {
  const log = addReports(emptyLog, [
    said('a', 'error'),
    said('a', 'error'),
    said('b', 'warn'),
    { kind: 'uncaught', at: 1, text: 'c' },
    { kind: 'blank', at: 1 },
    asked('/x', 500),
  ])
  expect(countProblems(log)).toEqual({ errors: 4, warnings: 1 })
})

test('a page that begins has an empty log, or a line where it began', () => {
  const log = addReports(emptyLog, [said('a'), asked('/x', 200)])
  expect(beginPage(log, false)).toMatchObject({ console: [], network: [] })
  expect(beginPage(log, true).console.at(-1)).toMatchObject({ kind: 'reloaded' })
  expect(beginPage(log, true).network.at(-1)).toMatchObject({ kind: 'reloaded' })
  expect(beginPage(emptyLog, true).console).toEqual([])
})

test('what is left out is said in one line', () => {
  const log = addDropped(addDropped(emptyLog, 3), 4)
  expect(log.console).toMatchObject([{ kind: 'dropped', count: 7 }])
})

test('rows are found by level, and by text in what was said or where', () => {
  const { console } = addReports(emptyLog, [said('Alpha', 'error'), said('beta', 'warn'), said('gamma')])
  expect(findRows(console, 'all', ' ')).toBe(console)
  expect(findRows(console, 'problems', '')).toHaveLength(2)
  expect(findRows(console, 'warn', '')).toMatchObject([{ text: 'beta' }])
  expect(findRows(console, 'all', 'alph')).toMatchObject([{ text: 'Alpha' }])
  expect(findRows(console, 'all', 'app.tsx')).toHaveLength(3)
})

test('requests are found by what they were and whether they failed; no answer is a failure', () => {
  const { network } = addReports(emptyLog, [asked('/a', 200), asked('/b', 404), asked('/c', 0)])
  expect(findRequests(network, 'failed', '')).toMatchObject([{ url: '/b' }, { url: '/c' }])
  expect(findRequests(network, 'all', 'get /A')).toMatchObject([{ url: '/a' }])
})

test('only a path of the app is a place to go to', () => {
  const files = ['src/a.tsx', 'http://live.localhost/src/a.tsx', '/_v/react.js', 'node_modules/react/index.js']
  expect(files.filter((file) => isInApp({ file, line: 1, column: 1 }))).toEqual(['src/a.tsx'])
})
