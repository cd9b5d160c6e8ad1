import { expect, test } from 'vitest'
import { starterTree } from '../test-builder.ts'
import { openAppFiles } from './app-files.ts'
import { keepCompiler } from './kept-compiler.ts'
import { findTailwindStylesheet } from './package-store.ts'
import { findCandidates, openTailwind, type TailwindCompiler } from './tailwind.ts'

const open = (
  text = `@import 'tailwindcss';\n.own { @apply p-4; color: var(--color-red-500) }`,
): Promise<TailwindCompiler> =>
  openTailwind(
    { id: '/@app/src/a.css', text },
    (specifier) => findTailwindStylesheet(specifier) ?? { id: '', text: '' },
    () => null,
  )

/** Numbers from 0 to 1, the same in each run. */
function randomNumbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296
    return state / 4_294_967_296
  }
}

const TRICKY =
  `mt-[3px] mt-[2px] [mask:b] [mask:a] [&>p]:mt-2 [&>a]:mt-2 2xl:p-1 -mt-1 1.5 --color-lime-500 --spacing w-1/2 w-1/3
  before:content-['x'] group-data-[a=b]:p-2 group-data-[c]:p-2 supports-[display:grid]:grid min-[300px]:p-1 min-[200px]:p-1
  max-md:p-1 data-[x]:p-1 data-[y]:p-1 aria-[z]:p-1 hover:focus:p-1 focus:hover:p-1 bg-red-500/50 bg-lime-300 text-[color:var(--x)] animate-spin
  animate-ping p-1.5 p-[calc(1px+2px)] m-1! !m-1 shadow-md ring-2 from-red-500 translate-x-1 rotate-3 blur-sm font-mono peer/a group/b
  space-x-1 divide-y border-spacing-1 not-hover:p-3 *:p-1 **:p-1 in-[.x]:p-1 has-[a]:p-1 nth-3:p-1`.split(/\s+/)

test('a compiler that is kept gives what a new one gives, whatever it compiled before', async () => {
  const words = [...findCandidates(openAppFiles(await starterTree())), ...TRICKY]
  const next = randomNumbers(7)
  const kept = keepCompiler(await open())
  let used = words.filter(() => next() < 0.3)
  for (let round = 0; round < 12; round += 1) {
    const share = [0.02, 0.3, 0][round % 3] ?? 0
    if (round % 4 === 3) used = used.filter(() => next() > 0.05)
    used = [...new Set([...used, ...words.filter(() => next() < share)])].toSorted()
    const fresh = (await open()).build([...used])
    expect(await kept.build(used, open), `round ${round}`).toBe(fresh)
  }
})

test('words that are no class come and go without a new compiler', async () => {
  let opened = 0
  const openCounted = (): Promise<TailwindCompiler> => {
    opened += 1
    return open()
  }
  const kept = keepCompiler(await openCounted())
  const first = await kept.build(['p-4', 'hello', 'world.'], openCounted)
  expect(await kept.build(['p-4', 'other'], openCounted)).toBe(first)
  await kept.build(['p-4', 'p-5', 'w-1/2'], openCounted)
  expect(opened).toBe(1)
  for (const gone of [['p-4', 'w-1/2'], ['p-4']]) await kept.build(gone, openCounted)
  expect(opened).toBe(3)
})
