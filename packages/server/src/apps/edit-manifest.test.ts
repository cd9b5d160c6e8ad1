import { expect, test } from 'vitest'
import { editManifest } from './edit-manifest.ts'

const manifest = `{
    "name": "app", "files": ["a", "b"],
    "scripts": { "build": "vite build" },
    "dependencies": {
        "clsx": "2.1.1",
        "react": "^19.0.0"
    },
    "devDependencies": {"zod": "1.0.0"},
    "nested": { "dependencies": { "x": "1" } }
}
`
const edit = (text: string, change: Parameters<typeof editManifest>[1]) => {
  const edited = editManifest(text, change)
  return edited.ok ? edited.value : `${edited.failure.code}: ${edited.failure.detail}`
}
const plain = (name: string, range = '^1.0.0', dev = false) => ({ name, range, dev })

test('a package takes its place in order, and nothing else of the text changes', () => {
  expect(edit(manifest, { add: [plain('framer-motion'), plain('zustand')], remove: [] })).toBe(
    manifest.replace(
      '"clsx": "2.1.1",\n        "react": "^19.0.0"',
      '"clsx": "2.1.1",\n        "framer-motion": "^1.0.0",\n        "react": "^19.0.0",\n        "zustand": "^1.0.0"',
    ),
  )
})

test('one that is listed already changes where it stands, be it asked for as dev or not', () => {
  expect(edit(manifest, { add: [plain('zod', '^4.0.0')], remove: [] })).toContain(
    '"devDependencies": {\n        "zod": "^4.0.0"\n    }',
  )
  expect(edit(manifest, { add: [plain('react', '^20.0.0', true)], remove: [] })).toContain('"react": "^20.0.0"\n    }')
})

test('one that is removed goes from every list; one that is not listed is named', () => {
  expect(edit(manifest, { add: [], remove: ['clsx', 'zod'] })).toContain(
    '"dependencies": {\n        "react": "^19.0.0"\n    },\n    "devDependencies": {}',
  )
  expect(edit(manifest, { add: [], remove: ['x'] })).toBe('not_found: "x" is not listed in package.json.')
})

test('a list that is not there yet is made; text that is no object is refused', () => {
  expect(edit('{\n  "name": "app"\n}\n', { add: [plain('a')], remove: [] })).toBe(
    '{\n  "name": "app",\n  "dependencies": {\n    "a": "^1.0.0"\n  }\n}\n',
  )
  expect(JSON.parse(edit('{}', { add: [plain('a', '1', true)], remove: [] }))).toEqual({ devDependencies: { a: '1' } })
  expect(edit('{"a":1}', { add: [plain('b')], remove: [] })).toBe(
    '{"a":1,\n  "dependencies": {\n    "b": "^1.0.0"\n  }}',
  )
  expect(edit('[]', { add: [plain('a')], remove: [] })).toBe(
    'invalid: package.json does not list packages as a JSON object.',
  )
})
