import { once } from 'node:events'
import { expect, test } from 'vitest'
import { apps } from '../database/schema.ts'
import { withTestDatabase } from '../database/test-database.ts'
import { createEventLog } from '../events/event-log.ts'
import { createPipeline } from './pipeline.ts'

const { db } = await withTestDatabase()
const log = createEventLog(db)
await db.insert(apps).values({ id: 'aaaaaa', name: 'One', slug: 'one', model: 'sample/builder' })

/** A pipeline whose builds last until they are given up. */
function startPipeline() {
  const begun = Promise.withResolvers<void>()
  const pipeline = createPipeline({
    db,
    log,
    artifacts: { has: async () => false, store: async () => {} },
    pointers: {
      point: () => Promise.reject(new Error('Nothing goes live here')),
      pointsTo: async () => false,
      confirm: async () => {},
      remove: async () => false,
    },
    async buildVersion(_app, _version, signal) {
      begun.resolve()
      if (!signal.aborted) await once(signal, 'abort')
      return { ok: false, errors: [] }
    },
    onError: (error) => expect(error).toBeUndefined(),
  })
  const ask = () =>
    log.write((write) => pipeline.add(write, { app: 'aaaaaa', environment: 'preview', version: 1, url: 'http://x/' }))
  return { pipeline, ask, begun: begun.promise }
}

test('L16: a deployment that is given up ends its build and counts as superseded, not as failed', async () => {
  const { pipeline, ask, begun } = startPipeline()
  const deployment = await ask()
  const ended = pipeline.start({ ...deployment, app: 'aaaaaa' })
  await begun

  pipeline.cancel(deployment.id)

  expect(await ended).toMatchObject({ id: deployment.id, status: 'superseded' })
})

test('a deployment that is given up before its turn never builds', async () => {
  const { pipeline, ask } = startPipeline()
  const deployment = await ask()

  pipeline.cancel(deployment.id)

  expect(await pipeline.start({ ...deployment, app: 'aaaaaa' })).toMatchObject({ status: 'superseded' })
})

test('when the program ends, what was being built stays open and is asked for again by the next start', async () => {
  const first = startPipeline()
  const deployment = await first.ask()
  const ended = first.pipeline.start({ ...deployment, app: 'aaaaaa' })
  await first.begun
  await first.pipeline.close()
  expect(await ended).toMatchObject({ status: 'building' })

  const second = startPipeline()
  await second.pipeline.resume()
  await second.begun
  await second.pipeline.close()

  const rows = await db.query.deployments.findMany({ orderBy: (table) => table.fence })
  expect(rows.slice(-2).map(({ status }) => status)).toEqual(['superseded', 'building'])
})
