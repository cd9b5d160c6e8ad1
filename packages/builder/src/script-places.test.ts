import { must } from '@overskill/protocol'
import { expect, test } from 'vitest'
import { createScriptPlaces } from './script-places.ts'
import { smallApp, startTestBuilder } from './test-builder.ts'

test('a place in a minified script leads to file and line of the app, others to nothing', async () => {
  await using builder = await startTestBuilder()
  const result = await builder.build(
    smallApp(`import { fail } from './fail'\nfail()`, {
      'src/fail.ts': `// a comment\n\nexport function fail() {\n  throw new Error('from-fail')\n}`,
    }),
  )
  if (!result.ok) throw new Error(JSON.stringify(result.errors))
  const { artifact, contents } = result
  const reads: string[] = []
  const places = createScriptPlaces(async (_, path) => {
    reads.push(path)
    const file = artifact.files.find((each) => each.path === path)
    return file && contents.get(file.hash)
  })
  const script = must(
    artifact.files.find(({ path }) => /\/index-\w+\.js$/.test(path)),
    'The script',
  )
  const code = Buffer.from(must(contents.get(script.hash), 'Its text')).toString()
  const line = code.slice(0, code.indexOf('from-fail')).split('\n').length
  const column = code.indexOf('from-fail') - code.lastIndexOf('\n', code.indexOf('from-fail'))
  const host = 'http://preview-abc123.localhost:4000'
  const asked = [
    { file: `${host}${script.path}`, line, column },
    { file: `${host}/`, line: 3, column: 1 },
    { file: `${host}/assets/gone-0123456789.js`, line: 1, column: 1 },
    { file: `${host}${script.path}`, line: 0, column: 0 },
    { file: 'not an address', line: 1, column: 1 },
  ]
  const found = await places.locate('abc123', asked)
  expect(found[0]).toMatchObject({ file: 'src/fail.ts', line: 4 })
  expect(found.slice(1)).toEqual([null, null, null, null])
  await places.locate('abc123', asked)
  expect(reads.filter((path) => path === `${script.path}.map`)).toHaveLength(1)
})

test('a page that names scripts without end makes few reads, and a broken map is none', async () => {
  let reads = 0
  const places = createScriptPlaces(async () => {
    reads += 1
    return Buffer.from('{"version":3,')
  })
  const many = Array.from({ length: 500 }, (_, i) => ({ file: `http://a.test/assets/a${i}.js`, line: 1, column: 1 }))
  expect(new Set(await places.locate('abc123', many))).toEqual(new Set([null]))
  expect(reads).toBe(8)
})
