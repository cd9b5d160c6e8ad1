import { posix } from 'node:path'
import { decodeText } from './blob.ts'
import { parseScript, scriptLanguage } from './parse-script.ts'
import type { FileSource } from './search.ts'

const endings = [
  '',
  '.tsx',
  '.ts',
  '.jsx',
  '.js',
  '.mjs',
  '.json',
  '/index.tsx',
  '/index.ts',
  '/index.jsx',
  '/index.js',
]

/** The module names that a script asks for, static and dynamic; none when it does not parse or is not to be parsed here. */
function specifiers(path: string, text: string): string[] {
  const lang = scriptLanguage(path)
  if (!lang) return []
  const script = parseScript(path, text, lang)
  if (!script.parsed) return []
  const { module } = script.parsed
  const dynamic = module.dynamicImports.map(({ moduleRequest }) =>
    text.slice(moduleRequest.start + 1, moduleRequest.end - 1),
  )
  const exported = module.staticExports.flatMap(({ entries }) =>
    entries.map(({ moduleRequest }) => moduleRequest?.value),
  )
  return [...module.staticImports.map(({ moduleRequest }) => moduleRequest.value), ...exported, ...dynamic].filter(
    (name) => name !== undefined,
  )
}

/** Whether a module name, written in `importer`, may mean the file: relative, from the root (`/src/…`) or by `@/` (= `src/`). */
function mayMean(name: string, importer: string, path: string): boolean {
  const bare = name.replace(/[?#].*$/, '')
  const target = bare.startsWith('@/')
    ? `src/${bare.slice(2)}`
    : bare.startsWith('/')
      ? bare.slice(1)
      : bare.startsWith('.')
        ? posix.join(posix.dirname(importer), bare)
        : undefined
  if (target === undefined) return false
  const asTypeScript = target.replace(/\.js(x?)$/, '.ts$1')
  return endings.some((ending) => path === target + ending) || path === asTypeScript
}

/** Paths of the scripts that import a file, in the order of paths. */
export async function findImporters(source: FileSource, path: string): Promise<string[]> {
  const name = posix.basename(path).replace(/\.[^.]+$/, '')
  const mark = name === 'index' ? '' : name // an index may be meant without being named
  const importers: string[] = []
  for (const other of source.tree().keys()) {
    if (other === path || !scriptLanguage(other)) continue
    const content = await source.read(other)
    const text = content.ok ? decodeText(content.value) : undefined
    if (!text?.includes(mark)) continue
    if (specifiers(other, text).some((specifier) => mayMean(specifier, other, path))) importers.push(other)
  }
  return importers
}

/** Paths of the scripts that import a package or a part of it, in the order of paths. */
export async function findPackageImporters(source: FileSource, name: string): Promise<string[]> {
  const importers: string[] = []
  for (const path of [...source.tree().keys()].toSorted()) {
    if (!scriptLanguage(path)) continue
    const content = await source.read(path)
    const text = content.ok ? decodeText(content.value) : undefined
    if (!text?.includes(name)) continue
    if (specifiers(path, text).some((each) => each === name || each.startsWith(`${name}/`))) importers.push(path)
  }
  return importers
}
