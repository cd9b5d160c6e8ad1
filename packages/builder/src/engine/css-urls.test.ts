import { expect, test } from 'vitest'
import { hoistImports, isExternalUrl, plainImports, replaceUrls } from './css-urls.ts'

test('targets of url() are replaced in every way of writing them, and nothing else is', () => {
  const css = `/* url(in-comment.png) */ @import url('sheet.css');
a { background: url(one.png), url( 'two "x".png' ), url("three).png"); content: "url(text.png)" }`
  const seen: string[] = []
  const replaced = replaceUrls(css, (target) => {
    seen.push(target)
    return target === 'one.png' ? '/assets/one".png' : null
  })
  expect(seen).toEqual(['one.png', 'two "x".png', 'three).png'])
  expect(replaced).toBe(css.replace('url(one.png)', String.raw`url("/assets/one\".png")`))
})

test('imports of other sites move to the top, in their order', () => {
  expect(hoistImports(`a{} @import url(https://x/1.css); b{} @import "https://x/2.css" print;`)).toBe(
    `@import url(https://x/1.css);\n@import "https://x/2.css" print;\na{}  b{} `,
  )
})

test('an address with semicolons is one import', () => {
  const fonts = `@import url('https://x/css2?family=A:wght@400;700&display=swap') screen;`
  const bare = `@import url(https://x/css2?family=B:wght@400;700);`
  expect(hoistImports(`a{}${fonts}b{}${bare}`)).toBe(`${fonts}\n${bare}\na{}b{}`)
})

test('imports by url() of own sheets are written as plain ones, with their layer and media; others stay', () => {
  const isOwn = (target: string): boolean => target.startsWith('./')
  expect(plainImports(`@import url( './a.css' ) layer(base); @IMPORT url(./b.css) print;`, isOwn)).toBe(
    `@import "./a.css" layer(base); @IMPORT "./b.css" print;`,
  )
  const other = `/* @import url(./c.css); */ @import url("https://x/d.css"); a::before { content: "@import url(./e.css);" }`
  expect(plainImports(other, isOwn)).toBe(other)
})

test('addresses of other sites, inline data and fragments are external', () => {
  for (const target of ['https://x/y', '//x/y', 'data:image/png;base64,xx', '#id', 'blob:x'])
    expect(isExternalUrl(target), target).toBe(true)
  for (const target of ['x.png', './x.png', '/x.png', '../x.png', 'a/b:c.png'])
    expect(isExternalUrl(target), target).toBe(false)
})
