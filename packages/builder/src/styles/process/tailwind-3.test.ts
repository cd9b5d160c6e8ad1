import { createRequire } from 'node:module'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { contentHash } from '../../engine/output.ts'
import { findStyleSet } from '../test-styles.ts'
import { SHEET, tailwindApp } from '../test-tailwind-app.ts'
import type { ContentFiles } from './content.ts'
import { createTailwind3, type Tailwind3 } from './tailwind-3.ts'

let open: () => Tailwind3

beforeAll(async () => {
  const root = await findStyleSet()
  const require = createRequire(join(root, 'package.json'))
  const plugins = ['tailwindcss-animate', '@tailwindcss/typography', '@tailwindcss/forms'].map(
    (name) => require(name) as unknown,
  )
  const colors = {
    border: '#eee',
    background: '#fff',
    foreground: '#000',
    card: '#ddd',
    primary: { DEFAULT: '#111' },
    ring: '#222',
  }
  const config = { content: ['./src/**/*.tsx', './index.html'], theme: { extend: { colors } }, plugins }
  open = () => createTailwind3(config, { root, configDir: root })
})

const filesOf = (texts: Record<string, string>): ContentFiles => {
  const byHash = new Map(Object.values(texts).map((text) => [contentHash(text, 20), text]))
  return {
    paths: Object.entries(texts).map(([path, text]) => [path, contentHash(text, 20)]),
    text: (hash) => byHash.get(hash) ?? '',
  }
}

const sheet = { major: 3 as const, text: SHEET, nesting: false, scans: true }
const compileWords = (tailwind: Tailwind3, words: readonly string[], text = SHEET): Promise<string> =>
  tailwind.compile({ ...sheet, text }, filesOf({ 'src/a.tsx': words.join('\n') }))

function randomNumbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296
    return state / 4_294_967_296
  }
}

const TRICKY =
  `mt-[3px] mt-[2px] [mask:b] [mask:a] [mask-type:x] [&>p]:mt-2 [&>a]:mt-2 [&>a]:hover:mt-2 [&>p]:[&>a]:mt-2 2xl:p-1 -mt-1 w-1/2 w-1/3
  before:content-['x'] group-data-[a=b]:p-2 group-data-[c]:p-2 supports-[display:grid]:grid min-[300px]:p-1 min-[200px]:p-1 max-md:p-1
  data-[x]:p-1 data-[y]:p-1 aria-[z]:p-1 hover:focus:p-1 focus:hover:p-1 bg-red-500/50 bg-lime-300 text-[color:var(--x)] animate-spin
  animate-ping p-1.5 p-[calc(1px+2px)] !m-1 shadow-md ring-2 from-red-500 translate-x-1 rotate-3 blur-sm font-mono peer/a group/b space-x-1
  divide-y prose prose-sm md:prose-lg dark:prose-invert animate-in fade-in-0 spin-in-3 panel hover:panel never-used text-balance
  md:text-balance container md:container form-input has-[a]:p-1 [@media(min-width:3px)]:p-2 [@supports(display:grid)]:p-2`.split(
    /\s+/,
  )

test('what a compile gives depends on its classes alone, whatever was compiled before', async () => {
  const plain = Object.values(tailwindApp).flatMap((text) => text.split(/[\s"'`]+/))
  const words = [...new Set([...plain, ...TRICKY])]
  const next = randomNumbers(11)
  const kept = open()
  const other = `@tailwind utilities;\n.x { @apply [mask:b] [mask:a] mt-[2px] hover:p-1; }`
  let used = words.filter(() => next() < 0.2)
  for (let round = 0; round < 4; round += 1) {
    const share = [0.02, 0.4, 0][round % 3] ?? 0
    if (round % 4 === 3) used = used.filter(() => next() > 0.3)
    used = [...new Set([...used, ...words.filter(() => next() < share)])].toSorted(() => next() - 0.5)
    for (const text of [SHEET, other])
      expect(await compileWords(kept, used, text), `round ${round}`).toBe(
        await compileWords(open(), used.toSorted(), text),
      )
  }
})

test('a class that is gone takes its rule along, and the order of the others stays', async () => {
  const kept = open()
  const first = await compileWords(kept, ['p-4', 'm-2'])
  const more = await compileWords(kept, ['p-4', 'mt-[99px]', 'm-2', 'hover:p-4'])
  expect(more).toContain('99px')
  expect(await compileWords(kept, ['m-2', 'p-4'])).toBe(first)
})

test('words that are no class give the very same css', async () => {
  const kept = open()
  const first = await compileWords(kept, ['p-4'])
  expect(await compileWords(kept, ['p-4', 'hello', 'const', 'world'])).toBe(first)
})

test('only files that `content` names are searched, wherever it starts from', async () => {
  const root = '/nowhere/set'
  const texts = {
    'index.html': 'p-1',
    'src/a.tsx': 'p-2',
    'src/b.test.tsx': 'p-3',
    'other/c.tsx': 'p-4',
    'src/deep/d.js': 'p-5',
    'lib/e.mdx': 'p-6',
  }
  const found = async (content: unknown, configDir = root): Promise<string[]> => {
    const css = await createTailwind3({ content, corePlugins: ['padding'] }, { root, configDir }).compile(
      { ...sheet, text: '@tailwind utilities;' },
      filesOf(texts),
    )
    return [...css.matchAll(/\.(p-\d)/g)].map((match) => match[1] ?? '')
  }
  expect(await found(['./src/**/*.{tsx,js}', '!./src/**/*.test.tsx'])).toEqual(['p-2', 'p-5'])
  expect(await found(['index.html', `${root}/other/*.tsx`])).toEqual(['p-1', 'p-4'])
  expect(await found({ relative: true, files: ['../src/*.tsx'] }, `${root}/config`)).toEqual(['p-2', 'p-3'])
  expect(await found([{ raw: '<a class="p-7">' }, '../outside/**/*'])).toEqual(['p-7'])
  expect(await found({ files: ['./lib/*.mdx'], transform: { mdx: (text: string) => text.replace('6', '8') } })).toEqual(
    ['p-8'],
  )
  expect(await found({ files: ['./lib/*.mdx'], extract: { mdx: () => ['p-9'] } })).toEqual(['p-9'])
})
