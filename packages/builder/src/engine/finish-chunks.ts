import type { Chunk } from './chunk.ts'
import type { VendorSet } from '../messages.ts'
import { parseAppId } from './app-files.ts'
import type { StyleLinks } from './chunk-styles.ts'
import type { PageLinks } from './html.ts'
import { contentHash, type Output } from './output.ts'
import type { Placeholders } from './vendor-names.ts'

const PLACEHOLDER = /\/_v\/@[0-9a-f]{19}\.js/g
const NAMED = /-([0-9a-f]{10})\.js$/
const CHUNK_HASH = /-([0-9a-f]{10})\.js/g

type Parts = { output: Output; placeholders: Placeholders; vendor: VendorSet | null; styles: StyleLinks }

/**
 * Writes the app's chunks: placeholders become vendor files, and each name's hash takes in the vendor set, because the
 * bundler made it before that was known. Names and addresses keep their length, so source maps stay true.
 *
 * @returns What the page loads: its entry scripts, all that those import before they can run, and what lazy modules need.
 */
export function finishChunks(chunks: readonly Chunk[], parts: Parts): PageLinks {
  const hashes = renewHashes(chunks, parts.vendor?.key ?? '')
  const vendorUrl = (placeholder: string): string => {
    const specifier = parts.placeholders.specifierOf(placeholder)
    const file = specifier === undefined ? undefined : parts.vendor?.entries[specifier]
    return file ? `/_v/${file}` : placeholder
  }
  const rename = (code: string): string => {
    const named = code.includes('/_v/@') ? code.replaceAll(PLACEHOLDER, vendorUrl) : code
    return named.replaceAll(CHUNK_HASH, (whole, hash: string) => (hashes.has(hash) ? `-${hashes.get(hash)}.js` : whole))
  }
  for (const chunk of chunks) {
    const fileName = baseName(rename(chunk.fileName))
    const mapLine = chunk.map ? `\n//# sourceMappingURL=${fileName}.map\n` : ''
    parts.output.add({ path: `/assets/${fileName}`, content: encode(rename(chunk.code) + mapLine), immutable: true })
    if (chunk.map) parts.output.add({ path: `/assets/${fileName}.map`, content: encode(chunk.map), immutable: false })
  }
  return linksOf(chunks, rename, parts, vendorUrl)
}

const encode = (text: string): Uint8Array => new TextEncoder().encode(text)
const baseName = (fileName: string): string => fileName.slice(fileName.lastIndexOf('/') + 1)

/** The hash in each chunk's name → the one that takes its place. */
const renewHashes = (chunks: readonly Chunk[], vendorKey: string): Map<string, string> =>
  new Map(
    chunks.flatMap(({ fileName }) => {
      const hash = NAMED.exec(fileName)?.[1]
      return hash ? [[hash, contentHash(hash + vendorKey, 10)]] : []
    }),
  )

function linksOf(
  chunks: readonly Chunk[],
  rename: (code: string) => string,
  { vendor, styles }: Parts,
  vendorUrl: (placeholder: string) => string,
): PageLinks {
  const byName = new Map(chunks.map((chunk) => [chunk.fileName, chunk]))
  const urls = new Map(chunks.map((chunk) => [chunk, `/assets/${baseName(rename(chunk.fileName))}`]))
  const url = (chunk: Chunk): string => urls.get(chunk) ?? ''
  const closures = new Map<string, ReadonlySet<string>>()
  const closureOf = (address: string): ReadonlySet<string> => {
    const known = closures.get(address) ?? vendorClosure(vendor, address)
    closures.set(address, known)
    return known
  }
  /** Everything that must be there before a chunk can run, the chunk itself and its styles included. */
  const needs = (chunk: Chunk, seen: Set<string>): Set<string> => {
    if (seen.has(url(chunk))) return seen
    seen.add(url(chunk))
    const style = styles.byChunk.get(chunk.fileName)
    if (style) seen.add(style)
    for (const imported of chunk.imports) {
      const own = byName.get(imported)
      if (own) needs(own, seen)
      else for (const file of closureOf(vendorUrl(imported))) seen.add(file)
    }
    return seen
  }
  const entries = chunks.filter((chunk) => chunk.isEntry && chunk.name !== 'worker')
  const scripts = entries.map(url)
  const first = new Set<string>()
  for (const entry of entries) needs(entry, first)
  const lazy: Record<string, string[]> = {}
  for (const chunk of chunks) {
    const path = chunk.isDynamicEntry ? parseAppId(chunk.facadeModuleId ?? '')?.path : undefined
    const more = path === undefined ? [] : [...needs(chunk, new Set())].filter((file) => !first.has(file))
    if (path !== undefined && more.length > 0) lazy[path] = more
  }
  return { scripts, preloads: [...first].filter((file) => !scripts.includes(file)), stylesheets: styles.page, lazy }
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
