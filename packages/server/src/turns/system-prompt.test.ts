import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { starterText } from './system-prompt-kit.ts'
import { systemPrompt } from './system-prompt.ts'
import { toolset } from './tools/index.ts'

const starter = fileURLToPath(new URL('../../../../starter/', import.meta.url))
const kitFolder = `${starter}src/components/ui/`

/** The lines of the kit by file: what the text says a file exports. */
const told = new Map(
  [...starterText.matchAll(/^- ([a-z-]+): ([^—\n]+)/gm)].map(([, file = '', names = '']) => [
    file,
    names
      .split(',')
      .map((name) => name.trim())
      .toSorted(),
  ]),
)

const exportsOf = (text: string): string[] =>
  [...text.matchAll(/^export (?:async )?(?:function|const|class) (\w+)/gm)].map(([, name = '']) => name)

test('L7: the kit told to the model is the kit of the starter, file by file and export by export', () => {
  const real = readdirSync(kitFolder).map(
    (file) => [file.replace('.tsx', ''), exportsOf(readFileSync(`${kitFolder}${file}`, 'utf8')).toSorted()] as const,
  )
  expect(Object.fromEntries(told)).toEqual(Object.fromEntries(real))
})

test('every path of the starter that the text names exists', () => {
  const folders = starterText.slice(0, starterText.indexOf('Installed,'))
  const names = [...folders.matchAll(/`([\w./-]+)`/g)].map(([, name = '']) => name)
  const paths = names.filter((name) => /^(?:index\.html|src\/.*|public\/)$/.test(name))
  expect(paths.length).toBeGreaterThan(8)
  expect(paths.filter((path) => !existsSync(`${starter}${path}`))).toEqual([])

  const within = [...folders.matchAll(/^- `(src\/[\w/]+\/|public\/)` — (.*)$/gm)].flatMap(
    ([, folder = '', rest = '']) =>
      [...rest.matchAll(/`([\w-]+\.(?:tsx?|svg|txt))`/g)].map(([, file = '']) => `${folder}${file}`),
  )
  expect(within.length).toBeGreaterThan(8)
  expect(within.filter((path) => !existsSync(`${starter}${path}`))).toEqual([])
})

test('the hooks, formats and clients that the text names are exported where it says', () => {
  const lib = (path: string) => exportsOf(readFileSync(`${starter}src/${path}`, 'utf8'))
  expect(lib('hooks/use-local-storage.ts')).toEqual(['useLocalStorage'])
  expect(lib('hooks/use-media-query.ts')).toEqual(['useMediaQuery'])
  expect(lib('lib/cn.ts')).toEqual(['cn'])
  expect(lib('lib/supabase.ts')).toEqual(['supabase'])
  expect(lib('components/theme-toggle.tsx')).toEqual(['ThemeToggle'])
  const formats = starterText.match(/`(formatDate[^`]*)`/)?.[1]?.split(', ')
  expect(lib('lib/format.ts')).toEqual(formats)
})

test('the packages that the text calls installed from the start are the dependencies of the starter', () => {
  const named = starterText.match(/Installed from the start:\n(.*)\.$/m)?.[1]?.split(', ')
  const { dependencies } = JSON.parse(readFileSync(`${starter}package.json`, 'utf8')) as {
    dependencies: Record<string, string>
  }
  expect(named).toEqual(Object.keys(dependencies))
})

test('L7: the text names every tool of the toolset and no other', () => {
  const named = systemPrompt.match(/\b(?:os-[a-z]+(?:-[a-z]+)*|rename-app)\b/g) ?? []
  expect([...new Set(named)].toSorted()).toEqual(toolset.map(({ name }) => name).toSorted())
})

test('the variants that the text offers are in the files of the kit', () => {
  for (const [, file = '', notes = ''] of starterText.matchAll(/^- ([a-z-]+): [^—\n]+ — (.+)$/gm)) {
    const text = readFileSync(`${kitFolder}${file}.tsx`, 'utf8')
    for (const [, values = ''] of notes.matchAll(/\b(?:variant|size|side) ([a-z|]+)/g)) {
      for (const value of values.split('|')) expect(text, `${file}: ${value}`).toMatch(new RegExp(`\\b${value}\\b`))
    }
  }
})

test('the text is frozen: the same for every app and day, and of 3,000 to 5,300 tokens', () => {
  expect(systemPrompt).not.toMatch(/\b20\d\d\b|undefined|\$\{(?!x\})/)
  expect(systemPrompt).not.toMatch(/[ \t]$/m)
  const tokens = systemPrompt.length / 4
  expect(tokens).toBeGreaterThan(3_000)
  expect(tokens).toBeLessThan(5_300)
})
