import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createLivePreviewService, findDependencySet, openSandbox, starterStoreDir } from '@overskill/builder'
import { type AppEvent, fail, ok } from '@overskill/protocol'
import { eq } from 'drizzle-orm'
import { afterAll, expect, test, vi } from 'vitest'
import { createContents } from '../apps/contents.ts'
import { apps } from '../database/schema.ts'
import { withTestDatabase } from '../database/test-database.ts'
import { createEventLog, type EventLog } from '../events/event-log.ts'
import { insertTestApp } from '../events/test-app.ts'
import { silentLog } from '../log.ts'
import { createLivePreviews, type LivePreviews } from './live-previews.ts'

const repository = fileURLToPath(new URL('../../../..', import.meta.url))
const { db } = await withTestDatabase()

/** The real log, which says how many read it. */
const log = createEventLog(db)
const reading = new Set<string>()
const watchedLog: EventLog = {
  ...log,
  async *read(app, ...rest): AsyncGenerator<AppEvent> {
    reading.add(app)
    try {
      yield* log.read(app, ...rest)
    } finally {
      reading.delete(app)
    }
  },
}

/** Real live pages that are closed soon after nobody looks. */
async function openLive(idleMs: number): Promise<LivePreviews> {
  const set = findDependencySet(repository)
  const service = createLivePreviewService({
    sandbox: await openSandbox(),
    dependencies: { find: () => ok(set), obtain: async () => ok(set) },
    dependenciesDirs: [dirname(set.dir)],
    vendorCacheDir: join(starterStoreDir(repository), 'live'),
    frameAncestors: [],
    log: silentLog,
    limits: { idleMs },
    onClosed: (app) => live.noteClosed(app),
  })
  const live = createLivePreviews({
    ...{ db, service, contents: createContents(db), log: watchedLog },
    apps: {
      async find(id) {
        const row = await db.query.apps.findFirst({ where: eq(apps.id, id) })
        return row ? ok(row) : fail('not_found', 'There is no such app.')
      },
    },
    onError: (error) => expect(error).toBeUndefined(),
  })
  afterAll(() => live.close())
  return live
}

test('a live page that is closed because nobody looks at it reads the log no longer, and opens again when it is asked for', async () => {
  const live = await openLive(300)
  const app = await insertTestApp(db)
  for (const round of ['first', 'again']) {
    expect((await live.open(app)).ok, round).toBe(true)
    expect(reading.has(app)).toBe(true)
    await vi.waitFor(() => expect(reading.has(app)).toBe(false), { timeout: 20_000 })
    expect([live.isReady(app), live.state(app)]).toEqual([false, undefined])
  }
})
