import { readdirSync, readFileSync } from 'node:fs'
import { assert } from '@overskill/protocol'

/** A file of an app, path from the app's root. */
export type AppFile = { path: string; content: string }

/** A change to a file that the app already has; `apply` gives its new text, the same text when nothing is to be done. */
export type FileEdit = { path: string; apply: (content: string) => string }

const root = new URL('./files/', import.meta.url)

/**
 * The files of one template folder with each `{{name}}` replaced, in paths as `item`. Templates end in `.txt`, so that no
 * tool takes them for code of this house. A placeholder without a value is a mistake of ours, and throws.
 */
export function renderTemplates(
  folder: string,
  values: Record<string, string>,
  rename = (path: string) => path,
): AppFile[] {
  const directory = new URL(`${folder}/`, root)
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.txt'))
    .map((path) => path.replaceAll('\\', '/'))
    .toSorted(inReadingOrder)
    .map((path) => ({
      path: rename(path.slice(0, -'.txt'.length)),
      content: render(readFileSync(new URL(path, directory), 'utf8'), values),
    }))
}

function render(template: string, values: Record<string, string>): string {
  return template.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const value = values[name]
    assert(value !== undefined, `The template value ${name} stands`)
    return value
  })
}

/** From what everything rests on to what rests on everything; the page comes last. */
const folders = ['src/data/', 'src/lib/', 'src/hooks/', 'src/components/', 'src/pages/']
const rank = (path: string) => folders.findIndex((folder) => path.startsWith(folder))
const inReadingOrder = (a: string, b: string) => rank(a) - rank(b) || (a < b ? -1 : 1)
