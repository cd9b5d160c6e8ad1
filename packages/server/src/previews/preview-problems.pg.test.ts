import type { PreviewReport } from '@overskill/protocol'
import { expect, test } from 'vitest'
import { withTestDatabase } from '../database/test-database.ts'
import { createEventLog } from '../events/event-log.ts'
import { insertTestApp } from '../events/test-app.ts'
import { only } from '../test-plane.ts'
import { createPreviewProblems } from './preview-problems.ts'

const { db } = await withTestDatabase()
const log = createEventLog(db)

/** What is told of an app's live page, on a clock that the test moves; the log can be made to fail. */
async function startProblems() {
  const state = { now: 1_700_000_000_000, isAway: false }
  const failing: typeof log = {
    ...log,
    write: (work) => (state.isAway ? Promise.reject(new Error('The database is away')) : log.write(work)),
  }
  const urlOf = (app: string) => `http://live-${app}.localhost/`
  const problems = createPreviewProblems({ db, log: failing, urlOf, now: () => state.now })
  const app = await insertTestApp(db)
  const tell = (...texts: string[]) =>
    problems.tell(
      app,
      'live',
      texts.map((text): PreviewReport => ({ kind: 'uncaught', at: 1, text })),
    )
  const told = async () => only(await log.list(app, 0, 1_000), 'preview.error').map(({ error }) => error.message)
  return { app, state, tell, told }
}

test('a page that always has new problems is heard of a hundred times, and again once its files change', async () => {
  const { app, state, tell, told } = await startProblems()
  for (let minute = 0; minute < 12; minute += 1) {
    await tell(...Array.from({ length: 12 }, (_, i) => `${minute} ${i}`))
    state.now += 60_001
  }
  expect(await told()).toHaveLength(100)
  const changes = [{ path: 'a.txt', action: 'created' as const, added: 1, removed: 0 }]
  await log.write((write) => write.append(app, [{ type: 'files.changed', changes, origin: { person: 'p' } }]))
  await tell('after the change')
  expect(await told()).toHaveLength(101)
})

test('a problem that could not be stored is told when it comes again, and counts then', async () => {
  const { state, tell, told } = await startProblems()
  const many = Array.from({ length: 10 }, (_, i) => `${i}`)
  state.isAway = true
  await expect(tell(...many)).rejects.toThrow('away')
  state.isAway = false
  await tell(...many)
  expect(await told()).toEqual(many)
})

test('a problem that two pages report at once is told once', async () => {
  const { tell, told } = await startProblems()
  await Promise.all([tell('boom'), tell('boom'), tell('boom', 'other')])
  expect(await told()).toEqual(['boom', 'other'])
})
