import { afterAll, beforeAll, expect, test } from 'vitest'
import { environmentPlaceholder } from '@overskill/protocol'
import { startTestBuilder, starterTree, textOf, treeOf, type TestBuilder } from './test-builder.ts'

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

test('C4: what is published knows nothing of the places of its elements, which only a live page does', async () => {
  const result = await builder.build(await starterTree())
  if (!result.ok) throw new Error('The starter builds')
  const scripts = result.artifact.files.filter(({ path }) => path.endsWith('.js'))
  const texts = scripts.map(({ hash }) => new TextDecoder().decode(result.contents.get(hash)))
  expect(texts.length).toBeGreaterThan(3)
  for (const trace of ['jsxDEV', '@live', 'src/App.tsx', 'src/pages/HomePage.tsx'])
    expect(
      texts.filter((text) => text.includes(trace)),
      trace,
    ).toEqual([])
})

test('AD7: the placeholder for values is the first element of the head, and no value is in the artifact', async () => {
  for (const page of [
    '<!doctype html><html><head><title>t</title></head><body></body></html>',
    '<!-- <head> --><!DOCTYPE html>\n<html lang="en">\n<HEAD data-x="a>b">\n</HEAD><body></body></html>',
    '<!doctype html><html><body>no head</body></html>',
    '<!doctype html><title>neither</title><p>x',
    '<p>nothing at all',
  ]) {
    const result = await builder.build(
      treeOf({
        'index.html': `${page}<script type="module" src="/a.js"></script>`,
        'a.js': 'console.log(import.meta.env)',
      }),
    )
    const html = textOf(result, '/index.html')
    expect(html.split(environmentPlaceholder), page).toHaveLength(2)
    const before = html.slice(0, html.indexOf(environmentPlaceholder)).replace(/<!--.*?-->/s, '')
    expect(before, page).toMatch(/^\s*(?:<!doctype html>)?\s*(?:<html[^>]*>)?\s*(?:<head(?: data-x="a>b")?>)?\s*$/i)
    expect(textOf(result, /\.js$/)).toContain('globalThis.__ENV__')
  }
})

test('a file of public/ keeps its name and is not immutable; what is named by its content is', async () => {
  const result = await builder.build(await starterTree())
  if (!result.ok) throw new Error('The starter builds')
  for (const file of result.artifact.files) {
    const named = /^\/(?:_v\/[0-9a-f]{20}\.js|assets\/.*-[0-9a-f]{10}\.\w+)$/.test(file.path)
    expect(file.immutable, file.path).toBe(named)
  }
  expect(result.artifact.files.find((file) => file.path === '/favicon.svg')?.type).toBe('image/svg+xml')
})

test('L20: what looks like a comment inside a string, a regular expression or JSX text is kept', async () => {
  const source = [
    "export const link = 'https://example.org/a' // a comment",
    'export const pattern = /\\/\\/.*$/',
    'export const text = `/* not a comment */ // nor this`',
    'document.body.append(link, String(pattern), text)',
  ].join('\n')
  const page =
    '<!doctype html><html><head><title>t</title></head><body><script type="module" src="/src/main.ts"></script></body></html>'
  const result = await builder.build(treeOf({ 'index.html': page, 'src/main.ts': source }))
  expect(result).toMatchObject({ ok: true })
  if (!result.ok) return
  const scripts = result.artifact.files
    .filter(({ path }) => path.endsWith('.js'))
    .map(({ hash }) => new TextDecoder().decode(result.contents.get(hash)))
    .join('\n')
  for (const kept of ['https://example.org/a', '/* not a comment */ // nor this', '.*$/'])
    expect(scripts).toContain(kept)
  expect(scripts).not.toContain('// a comment')
})
