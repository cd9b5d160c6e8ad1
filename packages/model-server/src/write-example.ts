import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rehearse, type Files } from './rehearsal.ts'

/** The prompt whose app is committed for the benches. */
export const examplePrompt = 'A reading list for my book club with title, author and rating, in green'

const root = fileURLToPath(new URL('../../../', import.meta.url))
export const starterFolder = join(root, 'starter')
export const exampleFolder = join(root, 'benchmarks/fixtures/reading-list')

/** All text files under a folder, by path from it; what is installed or built is left out. */
export function readFolder(folder: string): Files {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (path) => !/(^|\/)(node_modules|dist)(\/|$)/.test(path) && statSync(join(folder, path)).isFile(),
  )
  return new Map(paths.toSorted().map((path) => [path, readFileSync(join(folder, path), 'utf8')]))
}

/** The files that the sample model writes or changes over the starter for a list of prompts, in one conversation. */
export function writtenOver(starter: Files, prompts: readonly string[]): Files {
  const rehearsal = { files: new Map(starter), messages: [] }
  for (const prompt of prompts) rehearse(rehearsal, prompt)
  return new Map([...rehearsal.files].filter(([path, content]) => starter.get(path) !== content))
}

/** Writes files below a folder, which is emptied first. */
export function writeFolder(folder: string, files: Files): void {
  rmSync(folder, { recursive: true, force: true })
  for (const [path, content] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), content)
  }
}

if (import.meta.main) writeFolder(exampleFolder, writtenOver(readFolder(starterFolder), [examplePrompt]))
