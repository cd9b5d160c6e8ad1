import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { environmentPlaceholder, injectEnvironment } from './environment.ts'

const read = (html: string): unknown => {
  const script = /<script>(.*?)<\/script>/.exec(html)?.[1] ?? ''
  const browser: { __ENV__?: unknown } = {}
  runInNewContext(script, browser)
  return browser.__ENV__
}

test('values take the place of the placeholder, with the constants of a production build', () => {
  const page = injectEnvironment(`<head>${environmentPlaceholder}</head>`, { VITE_URL: 'https://x.example' })
  expect(read(page)).toEqual({
    VITE_URL: 'https://x.example',
    BASE_URL: '/',
    MODE: 'production',
    DEV: false,
    PROD: true,
    SSR: false,
  })
  expect(Object.isFrozen(read(page))).toBe(true)
})

test('no value ends the script, opens a comment or is read as a replacement pattern', () => {
  const nasty = '</script><!--<script>$&$1\u2028\u2029"\'\\'
  const page = injectEnvironment(`<head>${environmentPlaceholder}<title>t</title></head>`, { VITE_A: nasty })
  expect(read(page)).toMatchObject({ VITE_A: nasty })
  expect(page.match(/<\/?script/g)).toEqual(['<script', '</script'])
  expect(page).not.toContain('<!--')
})

test('a value does not replace a constant, and a page without the placeholder stays as it is', () => {
  expect(read(injectEnvironment(environmentPlaceholder, { PROD: 'no' }))).toMatchObject({ PROD: true })
  expect(injectEnvironment('<p>hi</p>', { VITE_A: 'a' })).toBe('<p>hi</p>')
})

test('names in percent signs become values that cannot end a tag; longer names and unknown ones stay', () => {
  const head = `<head>${environmentPlaceholder}<title>%VITE_A% %VITE_A_B% %VITE_C%</title><meta content="%VITE_A%"></head>`
  const page = injectEnvironment(head, { VITE_A: '"><b>$& %VITE_C%' })
  const text = '&#34;&#62;&#60;b&#62;$&#38; %VITE_C%'
  expect(page).toContain(`<title>${text} %VITE_A_B% %VITE_C%</title><meta content="${text}">`)
  expect(read(page)).toMatchObject({ VITE_A: '"><b>$& %VITE_C%' })
})
