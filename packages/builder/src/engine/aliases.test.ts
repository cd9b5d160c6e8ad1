import { expect, test } from 'vitest'
import { applyAlias, readAliases, readJsonc } from './aliases.ts'
import { openAppFiles } from './app-files.ts'

const filesWith = (tsconfig: string) => openAppFiles(new Map([['tsconfig.json', new TextEncoder().encode(tsconfig)]]))

test('aliases are what tsconfig says, the longest first, and never lead out of the app', () => {
  const aliases = readAliases(
    filesWith(`{ // comment
      "extends": "../outside.json",
      "compilerOptions": { "baseUrl": ".", "paths": {
        "~/*": ["./src/*"], "~/ui/*": ["src/components/ui/*"], "config": ["./src/config.ts"],
        "up/*": ["../../*"], "root/*": ["/etc/*"], "*": ["./src/*"], "bad": 3, } } }`),
  )
  expect(applyAlias(aliases, '~/ui/button')).toBe('src/components/ui/button')
  expect(applyAlias(aliases, '~/x')).toBe('src/x')
  expect(applyAlias(aliases, 'config')).toBe('src/config.ts')
  for (const specifier of ['up/x', 'root/passwd', 'react', 'bad', 'config/x'])
    expect(applyAlias(aliases, specifier), specifier).toBe(null)
})

test('without aliases of its own an app has @/ for src/', () => {
  for (const text of ['', '{', 'null', '[]', '{"compilerOptions": 3}', '{"compilerOptions": {"paths": []}}'])
    expect(applyAlias(readAliases(filesWith(text)), '@/x'), text).toBe('src/x')
})

test('a tsconfig is read as data: expressions in it are nothing', () => {
  expect(readJsonc('{"a": process.exit(1), "b": [1, "x", null, true]}')).toEqual({ b: [1, 'x', null, true] })
  expect(readJsonc('{"a": 1}; process.exit(1)')).toBeUndefined()
  expect(readJsonc('x'.repeat(200_000))).toBeUndefined()
})
