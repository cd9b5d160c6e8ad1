import type { OutputChunk } from 'rolldown'
import { contentHash, type Output } from './output.ts'
import type { Placeholders } from './vendor-names.ts'
import type { VendorSet } from '../messages.ts'

const PLACEHOLDER = /\/_v\/@\d{19}\.js/g
const NAMED = /^(.*-)([0-9a-f]{10})\.js$/

/**
 * Writes the app's chunks: placeholders become vendor files, and each name's hash takes in the vendor set, because the
 * bundler made it before that was known. Names and addresses keep their length, so source maps stay true.
 *
 * @returns What the page loads: its entry scripts, and all that those import before they can run.
 */
export function finishChunks(
  chunks: readonly OutputChunk[],
  parts: { output: Output; placeholders: Placeholders; vendor: VendorSet | null },
): { scripts: string[]; preloads: string[] } {
  const names = renameAll(chunks, parts.vendor?.key ?? '')
  const vendorUrl = (placeholder: string): string => {
    const specifier = parts.placeholders.specifierOf(placeholder)
    const file = specifier === undefined ? undefined : parts.vendor?.entries[specifier]
    return file ? `/_v/${file}` : placeholder
  }
  const rename = (code: string): string => {
    let renamed = code.replaceAll(PLACEHOLDER, vendorUrl)
    for (const [from, to] of names) if (from !== to) renamed = renamed.replaceAll(from, to)
    return renamed
  }
  for (const chunk of chunks) {
    const fileName = names.get(baseName(chunk.fileName)) ?? baseName(chunk.fileName)
    const code = rename(chunk.code)
    const map = chunk.map ? `\n//# sourceMappingURL=${fileName}.map\n` : ''
    parts.output.add({ path: `/assets/${fileName}`, content: encode(code + map), immutable: true })
    if (chunk.map)
      parts.output.add({ path: `/assets/${fileName}.map`, content: encode(chunk.map.toString()), immutable: false })
  }
  return linksOf(chunks, names, parts, vendorUrl)
}

const encode = (text: string): Uint8Array => new TextEncoder().encode(text)
const baseName = (fileName: string): string => fileName.slice(fileName.lastIndexOf('/') + 1)

function renameAll(chunks: readonly OutputChunk[], vendorKey: string): Map<string, string> {
  const names = new Map<string, string>()
  for (const chunk of chunks) {
    const name = baseName(chunk.fileName)
    const match = NAMED.exec(name)
    names.set(name, match?.[1] && match[2] ? `${match[1]}${contentHash(match[2] + vendorKey, 10)}.js` : name)
  }
  return names
}

function linksOf(
  chunks: readonly OutputChunk[],
  names: ReadonlyMap<string, string>,
  parts: { vendor: VendorSet | null },
  vendorUrl: (placeholder: string) => string,
): { scripts: string[]; preloads: string[] } {
  const byName = new Map(chunks.map((chunk) => [chunk.fileName, chunk]))
  const url = (fileName: string): string => `/assets/${names.get(baseName(fileName)) ?? baseName(fileName)}`
  const preloads = new Set<string>()
  const entries = chunks.filter((chunk) => chunk.isEntry && !chunk.isDynamicEntry)
  const follow = (chunk: OutputChunk): void => {
    for (const imported of chunk.imports) {
      const own = byName.get(imported)
      if (own && !preloads.has(url(imported))) {
        preloads.add(url(imported))
        follow(own)
      } else if (!own) for (const file of vendorClosure(parts.vendor, vendorUrl(imported))) preloads.add(file)
    }
  }
  for (const entry of entries) follow(entry)
  return { scripts: entries.map((entry) => url(entry.fileName)), preloads: [...preloads] }
}

/** A vendor file and all that it imports, as URLs. */
function vendorClosure(vendor: VendorSet | null, url: string): Set<string> {
  const closure = new Set<string>()
  const visit = (file: string): void => {
    const known = vendor?.files[file]
    if (!known || closure.has(`/_v/${file}`)) return
    closure.add(`/_v/${file}`)
    known.imports.forEach(visit)
  }
  visit(url.slice('/_v/'.length))
  return closure
}
