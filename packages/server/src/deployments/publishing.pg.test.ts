import { expect, test } from 'vitest'
import type { KeptAnswer } from '../http/services.ts'
import { last, only, startTestPlane, value } from '../test-plane.ts'

const plane = await startTestPlane()
const prompt = 'A reading list for my book club with title, author and rating, in green'

const isLive = (environment: string) => (event: { type: string; deployment?: { environment: string } }) =>
  event.type === 'deployment.completed' && event.deployment?.environment === environment

/** An app of the sample model whose first version is live in preview. */
async function madeApp() {
  const app = await plane.create(prompt)
  const events = await plane.turnEnd(app.id)
  return { ...value(await plane.calls.apps.get({ app: app.id }, 'person')).app, seq: last(events).seq }
}

test('L27: a sentence becomes an app whose preview is on line when the turn ends, and the turn says so', async () => {
  const app = await plane.create(prompt)
  const before = await plane.page(`preview-${app.id}`)
  expect(before.status).toBe(503)

  const events = await plane.turnEnd(app.id)

  expect(last(events)).toMatchObject({
    type: 'turn.completed',
    turn: { version: 1, deployment: { status: 'live' } },
  })
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1))
  expect((await plane.page(`preview-${app.id}`)).body).toContain('id="root"')
})

test('L29: nothing is in production until a person publishes, and then it is the very artifact of the preview', async () => {
  const app = await madeApp()
  expect((await plane.page(app.slug)).status).toBe(404)

  value(await plane.calls.deployments.deploy({ app: app.id, environment: 'production' }, 'person'))
  const events = await plane.until(app.id, isLive('production'), app.seq)

  expect((await plane.page(app.slug)).status).toBe(200)
  const { items } = value(await plane.calls.deployments.list({ app: app.id }, 'person'))
  expect(new Set(items.map(({ artifact }) => artifact)).size).toBe(1)
  expect(only(events, 'build.started'), 'an artifact that exists is never built again').toEqual([])
})

test('a page that follows the deployments always knows of a live one: the new one comes before the old one goes', async () => {
  const app = await madeApp()
  const changes = [{ path: 'src/note.ts', content: 'export const note = 1\n' }]
  value(await plane.calls.files.edit({ app: app.id, changes }, 'person'))
  await plane.until(app.id, isLive('preview'), app.seq)
  const events = await plane.until(app.id, (event) => event.type === 'preview.ready', app.seq)

  const moves = events
    .flatMap((event) => ('deployment' in event && typeof event.deployment === 'object' ? [event.deployment] : []))
    .filter(({ status }) => status === 'live' || status === 'superseded')
    .map(({ version, status }) => `${version} ${status}`)

  expect(moves).toEqual(['2 live', '1 superseded'])
})

test('publishing without a live preview answers nothing_to_publish', async () => {
  const app = await plane.create()
  const asked = await plane.calls.deployments.deploy({ app: app.id, environment: 'production' }, 'person')
  expect(asked).toMatchObject({ ok: false, failure: { code: 'nothing_to_publish' } })
})

test('L33: after unpublishing the address answers 404', async () => {
  const app = await madeApp()
  value(await plane.calls.deployments.deploy({ app: app.id, environment: 'production' }, 'person'))
  await plane.until(app.id, isLive('production'), app.seq)
  expect((await plane.page(app.slug)).status).toBe(200)

  const after = value(await plane.calls.deployments.unpublish({ app: app.id }, 'person'))

  expect(after.app.productionUrl).toBeUndefined()
  expect((await plane.page(app.slug)).status).toBe(404)
})

test('L36: a restored version is a new one equal to the old tree; preview follows, production does not', async () => {
  const app = await madeApp()
  value(await plane.calls.deployments.deploy({ app: app.id, environment: 'production' }, 'person'))
  const published = await plane.until(app.id, isLive('production'), app.seq)
  const productionPage = (await plane.page(app.slug)).body
  const first = value(await plane.calls.files.list({ app: app.id, version: 1 }, 'person')).items
  const changes = [{ path: 'src/added-later.ts', content: 'export const later = 1\n' }]
  value(await plane.calls.files.edit({ app: app.id, changes }, 'person'))
  const edited = await plane.until(app.id, isLive('preview'), last(published).seq)

  const restored = value(await plane.calls.versions.restore({ app: app.id, version: 1 }, 'person')).version

  expect(restored).toMatchObject({ number: 3, origin: 'restore', restoredFrom: 1 })
  expect(value(await plane.calls.files.list({ app: app.id }, 'person')).items).toEqual(first)
  const events = await plane.until(app.id, isLive('preview'), last(edited).seq)
  expect(only(events, 'build.started'), 'the old artifact is still there').toEqual([])
  expect((await plane.page(app.slug)).body).toBe(productionPage)
  expect(value(await plane.calls.versions.list({ app: app.id }, 'person')).items).toHaveLength(3)
})

test('a rollback is a new deployment that shows the older artifact again', async () => {
  const app = await madeApp()
  value(await plane.calls.deployments.deploy({ app: app.id, environment: 'production' }, 'person'))
  const one = await plane.until(app.id, isLive('production'), app.seq)
  const change = {
    path: 'src/pages/HomePage.tsx',
    content: 'export function HomePage() {\n  return <p>Second</p>\n}\n',
  }
  value(await plane.calls.files.edit({ app: app.id, changes: [change] }, 'person'))
  const two = await plane.until(app.id, isLive('preview'), last(one).seq)
  value(await plane.calls.deployments.deploy({ app: app.id, environment: 'production' }, 'person'))
  const three = await plane.until(app.id, isLive('production'), last(two).seq)
  const older = only(one, 'deployment.completed')[0]?.deployment
  const newer = only(three, 'deployment.completed')[0]?.deployment
  expect(newer?.artifact).not.toBe(older?.artifact)

  value(await plane.calls.deployments.rollback({ app: app.id, deployment: older?.id ?? '' }, 'person'))
  const back = only(await plane.until(app.id, isLive('production'), last(three).seq), 'deployment.completed')[0]

  expect(back?.deployment).toMatchObject({ artifact: older?.artifact, version: 1 })
  expect(back?.deployment.id).not.toBe(older?.id)
})

test('a version that does not build leaves the last good preview on line and names the place', async () => {
  const app = await madeApp()
  const good = (await plane.page(`preview-${app.id}`)).body
  const change = { path: 'src/pages/HomePage.tsx', content: 'export function HomePage() {\n  return <p>\n}\n' }
  value(await plane.calls.files.edit({ app: app.id, changes: [change] }, 'person'))

  const events = await plane.until(app.id, ({ type }) => type === 'deployment.failed', app.seq)

  expect(only(events, 'build.failed')[0]?.errors?.[0]).toMatchObject({ file: 'src/pages/HomePage.tsx', line: 3 })
  expect((await plane.page(`preview-${app.id}`)).body).toBe(good)
  expect(only(events, 'app.updated').at(-1)?.app.status).toBe('broken')
})

test('L34: two apps of one name have two addresses, and a published one keeps its address when it is renamed', async () => {
  const [one, two] = [await madeApp(), await madeApp()]
  expect(one.slug).not.toBe(two.slug)
  value(await plane.calls.deployments.deploy({ app: one.id, environment: 'production' }, 'person'))
  await plane.until(one.id, isLive('production'), one.seq)

  const renamed = value(await plane.calls.apps.patch({ app: one.id, name: 'Shelf' }, 'person')).app

  expect(renamed).toMatchObject({ name: 'Shelf', slug: one.slug })
  const moved = value(await plane.calls.apps.patch({ app: one.id, slug: 'shelf-of-books' }, 'person')).app
  expect(moved.slug).toBe('shelf-of-books')
  expect((await plane.page('shelf-of-books')).status).toBe(200)
  expect(await plane.page(one.slug, '/x?y=1')).toMatchObject({
    status: 308,
    headers: { location: 'http://shelf-of-books.localhost:4000/x?y=1' },
  })
})

test('L31: when a deployment is said to be live, its address already shows it', async () => {
  const app = await madeApp()
  const change = { path: 'public/now.txt', content: 'the second version' }
  expect((await plane.page(`preview-${app.id}`, '/now.txt')).status).toBe(404)
  value(await plane.calls.files.edit({ app: app.id, changes: [change] }, 'person'))

  await plane.until(app.id, isLive('preview'), app.seq)

  expect(await plane.page(`preview-${app.id}`, '/now.txt')).toMatchObject({ status: 200, body: 'the second version' })
})

test('L35: looking at an old version changes neither the files nor the history', async () => {
  const app = await madeApp()
  const changes = [{ path: 'src/new.ts', content: 'export const kept = 1\n' }]
  value(await plane.calls.files.edit({ app: app.id, changes }, 'person'))
  const before = value(await plane.calls.files.list({ app: app.id }, 'person'))

  value(await plane.calls.files.list({ app: app.id, version: 1 }, 'person'))
  value(await plane.raw.readFile({ app: app.id, path: 'src/App.tsx', version: 1 }))
  value(await plane.calls.versions.diff({ app: app.id, version: 2, against: 1 }, 'person'))
  value(await plane.raw.exportZip({ app: app.id, version: 1 }))

  expect(value(await plane.calls.files.list({ app: app.id }, 'person'))).toEqual(before)
  expect(value(await plane.calls.versions.list({ app: app.id }, 'person')).items.map(({ number }) => number)).toEqual([
    2, 1,
  ])
})

test('L30: a preview deployment and a production deployment asked for together both go live', async () => {
  const app = await madeApp()
  const [preview, production] = await Promise.all([
    plane.calls.deployments.deploy({ app: app.id, environment: 'preview' }, 'person'),
    plane.calls.deployments.deploy({ app: app.id, environment: 'production' }, 'person'),
  ])
  const wanted = new Set([value(preview).deployment.id, value(production).deployment.id])

  await plane.until(
    app.id,
    (event) => event.type === 'deployment.completed' && wanted.delete(event.deployment.id) && wanted.size === 0,
    app.seq,
  )

  expect((await plane.page(app.slug)).status).toBe(200)
})

test('L33: what is on its way to production does not arrive after the app was unpublished or deleted', async () => {
  const app = await madeApp()
  for (const leave of [
    () => plane.calls.deployments.unpublish({ app: app.id }, 'person'),
    async () => {
      value(await plane.calls.apps.remove({ app: app.id }, 'person'))
      return plane.calls.apps.undelete({ app: app.id }, 'person')
    },
  ]) {
    const asked = value(await plane.calls.deployments.deploy({ app: app.id, environment: 'production' }, 'person'))
    value(await leave())
    await plane.until(
      app.id,
      (event) =>
        'deployment' in event &&
        event.deployment.id === asked.deployment.id &&
        ['removed', 'superseded'].includes(event.deployment.status),
    )
    expect((await plane.page(app.slug)).status).toBe(404)
    expect(value(await plane.calls.apps.get({ app: app.id }, 'person')).app.productionUrl).toBeUndefined()
  }
})

test('a deleted app answers for none of its versions', async () => {
  const app = await madeApp()
  value(await plane.calls.apps.remove({ app: app.id }, 'person'))
  const read = await plane.raw.readFile({ app: app.id, path: 'package.json', version: 1 })
  expect(read).toMatchObject({ failure: { code: 'not_found' } })
  const asked = await plane.calls.deployments.deploy({ app: app.id, environment: 'preview' }, 'person')
  expect(asked).toMatchObject({ failure: { code: 'not_found' } })
})

test('L5: a deployment and the answer of its request are stored together, or neither is', async () => {
  const app = await madeApp()
  const { deployments } = plane.calls
  const listed = async () => value(await deployments.list({ app: app.id }, 'person')).items.map(({ id }) => id)
  const before = await listed()
  const here = before[0] ?? ''
  const asking = [
    (kept: KeptAnswer) => deployments.deploy({ app: app.id, environment: 'production' }, 'person', kept),
    (kept: KeptAnswer) => deployments.rollback({ app: app.id, deployment: here }, 'person', kept),
  ]
  for (const ask of asking) {
    await expect(ask(() => Promise.reject(new Error('the answer is refused')))).rejects.toThrow('refused')
    expect(await listed()).toEqual(before)
  }
  for (const ask of asking) {
    const kept: unknown[] = []
    const answer = value(await ask(async (_write, body) => void kept.push(body)))
    expect(kept).toEqual([answer])
  }
})
