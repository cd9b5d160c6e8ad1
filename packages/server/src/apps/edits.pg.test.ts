import type { AppEventType } from '@overskill/protocol'
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { only, startTestPlane, value } from '../test-plane.ts'

const plane = await startTestPlane()
const { files, versions } = plane.calls

/** How many transactions stored an app's events of these types: an event is never changed, so its row still names its own. */
async function transactionsOf(app: string, types: readonly AppEventType[]): Promise<number> {
  const found = await plane.db.execute<{ count: number }>(
    sql`select count(distinct xmin::text)::int as count from events where app = ${app} and type in ${types}`,
  )
  return found.rows[0]?.count ?? 0
}

test('every version of an edit or a restore is stored together with its deployment: a death in between loses neither', async () => {
  const { id: app } = await plane.create()
  const change = (path: string) => [{ path, content: 'x\n' }]
  const edits = [
    () => files.edit({ app, changes: change('one.md') }, 'person'),
    () => plane.raw.putFile({ app, path: 'two.md', content: Buffer.from('y\n') }, 'person'),
    () => plane.raw.removeFile({ app, path: 'one.md' }, 'person'),
    () => versions.restore({ app, version: 1 }, 'person'),
  ]
  for (const [index, edit] of edits.entries()) {
    value(await edit())
    const started = await plane.until(
      app,
      (event) => event.type === 'deployment.started' && event.deployment.version === index + 1,
    )
    expect(only(started, 'deployment.started').at(-1)?.deployment).toMatchObject({ environment: 'preview' })
    expect(await transactionsOf(app, ['version.created', 'deployment.started'])).toBe(index + 1)
  }
})

test('an app is no longer new in the moment in which it has a version', async () => {
  const { id: app } = await plane.create()
  value(await files.edit({ app, changes: [{ path: 'one.md', content: 'x\n' }] }, 'person'))
  expect(value(await plane.calls.apps.get({ app }, 'person')).app).toMatchObject({ status: 'ready', version: 1 })
})

test('what an edit asked for goes live though the process ends right after it', async () => {
  const { id: app } = await plane.create()
  value(await files.edit({ app, changes: [{ path: 'one.md', content: 'x\n' }] }, 'person'))
  await plane.restart()
  const events = await plane.until(app, ({ type }) => type === 'deployment.completed')
  expect(only(events, 'deployment.completed')[0]?.deployment).toMatchObject({ version: 1, status: 'live' })
})
