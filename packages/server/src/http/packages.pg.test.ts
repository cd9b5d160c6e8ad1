import { must } from '@overskill/protocol'
import { expect, test } from 'vitest'
import { only, startTestPlane, value } from '../test-plane.ts'

const plane = await startTestPlane()

const fileOf = async (app: string, path: string): Promise<string> =>
  new TextDecoder().decode(value(await plane.raw.readFile({ app, path })).content)

const importing = (specifier: string) => ({
  path: 'src/App.tsx',
  content: `import value from '${specifier}'\nexport function App() {\n  return <p>{String(value)}</p>\n}\n`,
})

test('a package that a person adds becomes a version, is told of while it comes, and what imports it builds', async () => {
  const { id } = await plane.create()
  const { version } = value(await plane.calls.packages.change({ app: id, add: ['is-number@7.0.0'] }, 'person'))
  expect(version).toMatchObject({ number: 1, title: 'Added is-number@7.0.0', origin: 'edit' })
  expect(await fileOf(id, 'package.json')).toContain('"is-number": "7.0.0",\n    "lucide-react"')

  const edited = value(await plane.calls.files.edit({ app: id, changes: [importing('is-number')] }, 'person'))
  const events = await plane.until(
    id,
    (event) =>
      /^build\.(?:completed|failed)$/.test(event.type) && 'version' in event && event.version === edited.version.number,
  )
  expect(events.at(-1)).toMatchObject({ type: 'build.completed' })
  const told = events.filter(({ type }) => type.startsWith('packages.'))
  expect(told.at(0)).toMatchObject({
    type: 'packages.progress',
    names: ['is-number@7.0.0'.split('@')[0]],
    progress: { phase: 'resolving' },
  })
  expect(told.at(-1)).toMatchObject({ type: 'packages.ended', names: ['is-number'] })
  expect(only(events, 'packages.ended').at(0)?.problem).toBeUndefined()
})

test('an import of a package that is not installed fails the build with its name, so that it can be added', async () => {
  const { id } = await plane.create()
  value(await plane.calls.files.edit({ app: id, changes: [importing('framer-motion')] }, 'person'))
  const events = await plane.until(id, ({ type }) => type === 'build.failed')
  expect(must(only(events, 'build.failed').at(0), 'The failure').errors).toMatchObject([
    {
      file: 'src/App.tsx',
      line: 1,
      missing: 'framer-motion',
      message: 'The package "framer-motion" is not installed.',
    },
  ])
})

test('one that is removed is gone from package.json; removing one that is not listed changes nothing', async () => {
  const { id } = await plane.create()
  const { version } = value(await plane.calls.packages.change({ app: id, remove: ['recharts'] }, 'person'))
  expect(version.title).toBe('Removed recharts')
  expect(await fileOf(id, 'package.json')).not.toContain('recharts')
  const again = await plane.calls.packages.change({ app: id, remove: ['recharts'] }, 'person')
  expect(again).toMatchObject({ ok: false, failure: { code: 'not_found' } })
})

test('L23: a name that is in no registry makes no version, and the log says why', async () => {
  const { id } = await plane.create()
  const add = ['surely-nobody-published-this-one']
  const refused = await plane.calls.packages.change({ app: id, add }, 'person')
  expect(refused).toMatchObject({
    ok: false,
    failure: { code: 'not_found', detail: expect.stringContaining(String(add[0])) },
  })
  const events = await plane.until(id, ({ type }) => type === 'packages.ended')
  expect(only(events, 'packages.ended').at(0)?.problem).toContain('in the registry')
  expect(only(events, 'version.created')).toEqual([])
})

test('nothing is asked for an app that is not there, nor of a request without a name', async () => {
  const nowhere = await plane.calls.packages.change({ app: 'zzzzzz', add: ['clsx'] }, 'person')
  expect(nowhere).toMatchObject({ ok: false, failure: { code: 'not_found' } })
  const { id } = await plane.create()
  expect(await plane.calls.packages.change({ app: id }, 'person')).toMatchObject({
    ok: false,
    failure: { code: 'invalid' },
  })
})

test('while a turn changes the app, a person adds nothing to it', async () => {
  const { id } = await plane.create('A reading list')
  const busy = await plane.calls.packages.change({ app: id, add: ['is-number'] }, 'person')
  expect(busy).toMatchObject({ ok: false, failure: { code: 'busy' } })
  const events = await plane.turnEnd(id)
  expect(only(events, 'packages.progress')).toEqual([])
})
