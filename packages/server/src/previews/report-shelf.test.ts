import type { PreviewReport } from '@overskill/protocol'
import { expect, test } from 'vitest'
import { createReportShelf } from './report-shelf.ts'

const log = (text: string): PreviewReport => ({ kind: 'console', at: 1, level: 'log', text })
const request = (url: string, ms: number): PreviewReport => ({
  kind: 'request',
  at: 1,
  method: 'GET',
  url,
  status: 200,
  ms,
})
const texts = (shelf: ReturnType<typeof createReportShelf>, app: string): string[] =>
  shelf.list(app).map(({ report, count }) => `${report.kind === 'console' ? report.text : report.kind} ${count}`)

test('the same report is kept once, counted, and is the latest again', () => {
  const shelf = createReportShelf()
  shelf.put('app1', 'live', log('a'), 1)
  shelf.put('app1', 'live', log('b'), 2)
  shelf.put('app1', 'live', { ...log('a'), at: 9 }, 3)
  shelf.put('app1', 'preview', log('a'), 4)
  expect(texts(shelf, 'app1')).toEqual(['a 1', 'a 2', 'b 1'])
  expect(shelf.list('app1')[1]?.lastAt).toBe(3)
  shelf.put('app2', 'live', request('/x', 5), 1)
  shelf.put('app2', 'live', request('/x', 7), 2)
  expect(shelf.list('app2')).toMatchObject([{ count: 2, report: { ms: 7 } }])
  expect(shelf.list('app3')).toEqual([])
})

test('what is too much of an app, or of all of them, gives way, the oldest first', () => {
  const shelf = createReportShelf({ apps: 3, reportsPerApp: 4, charactersPerApp: 3_000, characters: 6_000 })
  for (let i = 0; i < 10; i += 1) shelf.put('app1', 'live', log(`n${i}`), i)
  expect(texts(shelf, 'app1')).toEqual(['n9 1', 'n8 1', 'n7 1', 'n6 1'])
  shelf.put('app1', 'live', log('x'.repeat(2_500)), 10)
  expect(texts(shelf, 'app1')).toHaveLength(2)
  for (const app of ['app2', 'app3']) shelf.put(app, 'live', log('small'), 11)
  expect(texts(shelf, 'app1')).toHaveLength(2)
  shelf.put('app4', 'live', log('small'), 12)
  expect([texts(shelf, 'app1').length, texts(shelf, 'app2').length]).toEqual([0, 1])
  for (const app of ['app2', 'app3']) shelf.put(app, 'live', log('x'.repeat(2_700)), 13)
  shelf.put('app5', 'live', log('x'.repeat(2_700)), 14)
  expect([texts(shelf, 'app2').length, texts(shelf, 'app3').length, texts(shelf, 'app5').length]).toEqual([0, 1, 1])
  shelf.drop('app3')
  shelf.put('app2', 'live', log('x'.repeat(2_500)), 15)
  expect([texts(shelf, 'app2').length, texts(shelf, 'app5').length]).toEqual([1, 1])
})
