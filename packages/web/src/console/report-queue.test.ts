import type { PreviewReport } from '@overskill/protocol'
import { expect, test, vi } from 'vitest'
import { createReportQueue } from './report-queue.ts'

const report = (text: string): PreviewReport => ({ kind: 'uncaught', at: 1, text })
const textOf = (one: PreviewReport): string => (one.kind === 'uncaught' ? one.text : '')

function prepared(
  answer: (reports: PreviewReport[]) => Promise<PreviewReport[]> = (reports) => Promise.resolve(reports),
) {
  const posted: { host: string; texts: string[] }[] = []
  const taken: { page: number; texts: string[] }[] = []
  let dropped = 0
  const queue = createReportQueue({
    post: (host, reports) => {
      posted.push({ host, texts: reports.map(textOf) })
      return answer(reports)
    },
    take: (page, reports) => taken.push({ page, texts: reports.map(textOf) }),
    dropped: (_, count) => (dropped += count),
  })
  return { queue, posted, taken, dropped: () => dropped }
}

test('what is reported together is told together, soon', async () => {
  const { queue, posted, taken } = prepared()
  queue.push(1, 'live', report('a'))
  queue.push(1, 'live', report('b'))
  expect(posted).toEqual([])
  await vi.waitFor(() => expect(taken).toEqual([{ page: 1, texts: ['a', 'b'] }]))
  expect(posted).toEqual([{ host: 'live', texts: ['a', 'b'] }])
})

test('fifty do not wait, and the next ones wait for their answer', async () => {
  const first = Promise.withResolvers<PreviewReport[]>()
  const { queue, posted, taken } = prepared((reports) =>
    reports.length === 50 ? first.promise : Promise.resolve(reports),
  )
  for (let index = 0; index < 60; index += 1) queue.push(1, 'live', report(`${index}`))
  expect(posted.map(({ texts }) => texts.length)).toEqual([50])
  first.resolve([report('mapped')])
  await vi.waitFor(() => expect(taken.map(({ texts }) => texts.length)).toEqual([1, 10]))
})

test('the reports of two pages are told apart', async () => {
  const { queue, posted } = prepared()
  queue.push(1, 'live', report('a'))
  queue.push(2, 'preview', report('b'))
  await vi.waitFor(() => expect(posted.map(({ host }) => host)).toEqual(['live', 'preview']))
})

test('what the server does not take is shown as the page said it', async () => {
  const { queue, taken } = prepared(() => Promise.reject(new Error('away')))
  queue.push(1, 'live', report('a'))
  await vi.waitFor(() => expect(taken).toEqual([{ page: 1, texts: ['a'] }]))
})

test('while the server does not answer, no more than five hundred wait', () => {
  const { queue, dropped } = prepared(() => new Promise(() => undefined))
  for (let index = 0; index < 700; index += 1) queue.push(1, 'live', report(`${index}`))
  expect(dropped()).toBe(150)
})
