import { dirname, join } from 'node:path/posix'
import { parseSync } from 'oxc-parser'
import { expect, test } from 'vitest'
import { readFolder, starterFolder, writtenOver } from '../write-example.ts'
import type { Files } from '../rehearsal.ts'

const starter = readFolder(starterFolder)
const packages = Object.keys((JSON.parse(starter.get('package.json') ?? '{}') as { dependencies: object }).dependencies)

const firstPrompts = [
  'A reading list for my book club with title, author and rating, in green',
  'todo app with due dates and priorities',
  'Track cards with name, status (new, used, worn out), price, email, phone, website, photo and notes, called "Anna\'s \\ cards"',
  'a 3D prints collection with name, number of hours and whether it failed',
  'A fish list',
  'shopping list in dark mode',
  'list of views with title',
  'A landing page for a bakery called Crumb, in orange',
  'A landing page for a yoga studio with pricing',
  'website for our open source app',
  'landing page for a jazz festival called `Blue` "Note" ${x}',
  'landing page for a plumber',
  'landing page for `a` ${nothing} \\ tool',
  'A dark calculator in purple',
]
const followUps = [
  'add a due date and a status (a, b)',
  'make it blue',
  'make it dark',
  'call it Anna\'s "Shelf" <1> \\',
  'add notes and a website',
]

/** Errors of syntax, and imports that lead to no file of the app and no package of the starter. */
function problemsOf(files: Files): string[] {
  return [...files]
    .filter(([path]) => /^src\/.*\.tsx?$/.test(path))
    .flatMap(([path, code]) => {
      const { errors, module } = parseSync(path, code)
      const imports = module.staticImports
        .map((one) => one.moduleRequest.value)
        .filter((name) => !resolves(path, name, files))
      return [
        ...errors.map(({ message }) => `${path}: ${message}`),
        ...imports.map((name) => `${path} imports ${name}`),
      ]
    })
}

function resolves(path: string, name: string, files: Files): boolean {
  if (packages.some((one) => name === one || name.startsWith(`${one}/`))) return true
  const target = name.startsWith('@/') ? join('src', name.slice(2)) : join(dirname(path), name)
  return ['', '.ts', '.tsx'].some((ending) => files.has(target + ending))
}

const appAfter = (prompts: readonly string[]) => new Map([...starter, ...writtenOver(starter, prompts)])

test.each(firstPrompts)('“%s” makes files that parse and import only what is there', (prompt) => {
  const written = writtenOver(starter, [prompt])
  expect(problemsOf(new Map([...starter, ...written]))).toEqual([])
  expect(written.size).toBeGreaterThanOrEqual(10)
  for (const [path, content] of written) {
    expect(content, path).not.toMatch(/\{\{\w+\}\}|\[object/)
    expect(content.endsWith('\n'), `${path} ends with a line end`).toBe(true)
    expect(path).toMatch(/^(?:[\w.-]+\/)*[\w.-]+$/)
  }
})

test.each(firstPrompts)('after every follow-up, “%s” still parses', (prompt) => {
  for (let count = 1; count <= followUps.length; count++)
    expect(problemsOf(appAfter([prompt, ...followUps.slice(0, count)])), followUps[count - 1]).toEqual([])
})

test('the same prompts make the same bytes', () => {
  expect(appAfter([firstPrompts[2]!, ...followUps])).toEqual(appAfter([firstPrompts[2]!, ...followUps]))
})

test('names from a prompt cannot leave their string', () => {
  const written = writtenOver(starter, ['a plant list called "O\'Hara\\\'; alert(1)//"'])
  expect(written.get('src/data/app.ts')).toContain(String.raw`name: 'O\'Hara\\\'; alert(1)//'`)
  expect(written.get('index.html')).not.toContain('<script>alert')
})
