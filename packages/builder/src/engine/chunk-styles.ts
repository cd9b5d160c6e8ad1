import type { Chunk } from './chunk.ts'
import type { CssByModule } from './app-plugin.ts'
import type { AppSources } from './app-sources.ts'

/** Addresses of the stylesheets: what the page links, and what each lazily loaded chunk (by file name) brings. */
export type StyleLinks = { page: readonly string[]; byChunk: ReadonlyMap<string, string> }

/**
 * Writes the stylesheets: one for all that the page needs from its start, one for each lazy chunk that brings its own. In
 * each, the order is that in which a browser would have run the modules.
 *
 * @param linked Compiled sheets that the page itself links; they come first.
 */
export async function nameStyles(
  sources: AppSources,
  chunks: readonly Chunk[],
  css: CssByModule,
  linked: readonly string[],
): Promise<StyleLinks> {
  const placed = new Set<string>()
  const sheetsOf = (chunk: Chunk): Promise<string>[] => {
    const ids = chunk.moduleIds.filter((id) => css.has(id) && !placed.has(id))
    ids.forEach((id) => placed.add(id))
    return ids.flatMap((id) => css.get(id) ?? [])
  }
  const initial = initialChunks(chunks)
  const first = await Promise.all(initial.flatMap(sheetsOf))
  const byChunk = new Map<string, string>()
  for (const chunk of chunks) {
    const sheets = initial.includes(chunk) ? [] : await Promise.all(sheetsOf(chunk))
    if (sheets.length > 0)
      byChunk.set(chunk.fileName, sources.output.addHashed(`${chunk.name}.css`, sources.stylesheets.bundle(sheets)))
  }
  const all = [...linked, ...first]
  const page = all.length > 0 ? [sources.output.addHashed('index.css', sources.stylesheets.bundle(all))] : []
  return { page, byChunk }
}

/** The chunks that run before the page is there, dependencies first. */
export function initialChunks(chunks: readonly Chunk[]): Chunk[] {
  const byName = new Map(chunks.map((chunk) => [chunk.fileName, chunk]))
  const ordered = new Set<Chunk>()
  const open = new Set<Chunk>()
  const visit = (chunk: Chunk): void => {
    if (open.has(chunk)) return
    open.add(chunk)
    for (const name of chunk.imports) {
      const imported = byName.get(name)
      if (imported) visit(imported)
    }
    ordered.add(chunk)
  }
  for (const chunk of chunks) if (chunk.isEntry) visit(chunk)
  return [...ordered]
}
