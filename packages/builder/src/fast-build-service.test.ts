import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestBuilder, starterTree, type TestBuilder } from './test-builder.ts'

let builder: TestBuilder

beforeAll(async () => {
  builder = await startTestBuilder()
})
afterAll(() => builder.close())

test('the starter becomes an artifact with a page, scripts, styles, maps and public files', async () => {
  const result = await builder.build(await starterTree())
  expect(result).toMatchObject({ ok: true })
  if (!result.ok) return
  const paths = result.artifact.files.map((file) => file.path)
  expect(paths).toContain('/index.html')
  expect(paths).toContain('/favicon.svg')
  for (const kind of [
    /^\/assets\/index-[0-9a-f]{10}\.js$/,
    /\.js\.map$/,
    /\.css$/,
    /^\/_v\/[0-9a-f]{20}\.js$/,
    /\.woff2$/,
  ])
    expect(
      paths.some((path) => kind.test(path)),
      String(kind),
    ).toBe(true)
  for (const file of result.artifact.files) expect(result.contents.get(file.hash)?.length).toBe(file.bytes)
})
