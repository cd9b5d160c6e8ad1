import { expect, test } from 'vitest'
import { startTestPlane, value } from '../test-plane.ts'

const plane = await startTestPlane()
const { apps, files } = plane.calls

test('L34: apps that are made with one name at one moment all get an address of their own', async () => {
  const made = await Promise.all(Array.from({ length: 6 }, () => apps.create({ name: 'Same Name' }, 'person')))
  const slugs = made.map((outcome) => value(outcome).app.slug)
  expect(new Set(slugs).size).toBe(6)
  expect(slugs).toContain('same-name')
})

test('the pages of the list hold every app once, however close together they were changed', async () => {
  const made = await Promise.all(Array.from({ length: 7 }, () => apps.create({ name: 'Listed' }, 'person')))
  const seen: string[] = []
  for (let cursor: string | undefined; ;) {
    const page = value(await apps.list({ limit: 2, ...(cursor && { cursor }) }, 'person'))
    seen.push(...page.items.map(({ id }) => id))
    cursor = page.next
    if (!cursor) break
  }
  expect(new Set(seen).size).toBe(seen.length)
  expect(seen).toEqual(expect.arrayContaining(made.map((outcome) => value(outcome).app.id)))
})

test.each(['garbage', '2026-11-23T11:52:53.430Z', '-', '1e9-abcdef'])(
  'the cursor %j is invalid input',
  async (cursor) => {
    expect(await apps.list({ cursor }, 'person')).toMatchObject({ failure: { code: 'invalid' } })
  },
)

test('a name that is made from a prompt never ends in half a character', async () => {
  const app = await plane.create('😀'.repeat(60))
  expect(app.name.isWellFormed()).toBe(true)
  expect(app.name).not.toContain('\uFFFD')
})

test('content that is not base64 is refused and nothing is written', async () => {
  const app = await plane.create()
  const change = { path: 'logo.png', content: '###', encoding: 'base64' as const }
  const edited = await files.edit({ app: app.id, changes: [change] }, 'person')
  expect(edited).toMatchObject({ failure: { code: 'invalid', errors: [{ path: 'changes.0' }] } })
})

test('a note without words leaves the version its own title', async () => {
  const app = await plane.create()
  const changes = [{ path: 'notes.md', content: 'x\n' }]
  const edited = await files.edit({ app: app.id, changes, note: '  ' }, 'person')
  expect(value(edited).version.title).toBe('Added notes.md')
})

test("a version's own title says whether files were added, edited or deleted", async () => {
  const app = await plane.create()
  const titleOf = async (...changes: { path: string; content?: string; delete?: true }[]) =>
    value(await files.edit({ app: app.id, changes }, 'person')).version.title
  const [one, two] = [
    { path: 'one.md', content: 'x\n' },
    { path: 'two.md', content: 'y\n' },
  ]
  expect(await titleOf(one, two)).toBe('Added 2 files')
  expect(await titleOf({ path: 'one.md', content: 'z\n' })).toBe('Edited one.md')
  expect(await titleOf({ path: 'one.md', delete: true })).toBe('Deleted one.md')
  expect(await titleOf(one, { path: 'two.md', delete: true })).toBe('Edited 2 files')
})
