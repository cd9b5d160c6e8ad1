import { originalPositionFor, TraceMap } from '@jridgewell/trace-mapping'
import type { CodePlace } from '@overskill/protocol'

/** Where built scripts come from, by the source maps beside them. */
export type ScriptPlaces = {
  /** Places of an app's files for places of its built scripts; null for what is none of them. In the order given. Never rejects. */
  locate(app: string, places: readonly CodePlace[]): Promise<(CodePlace | null)[]>
}

const mostMaps = 16
const mostMapBytes = 24 * 1024 * 1024
/** A page may name scripts without end; maps of this many are read for one question. */
const mostScripts = 8

/** @param readFile Content of a file that the app serves, by path; undefined when there is none. */
export function createScriptPlaces(
  readFile: (app: string, path: string) => Promise<Uint8Array | undefined>,
): ScriptPlaces {
  const maps = new Map<string, Promise<TraceMap | null>>() // the least recently used first; names carry their content's hash

  function mapOf(app: string, script: string): Promise<TraceMap | null> {
    const key = `${app}${script}`
    const found =
      maps.get(key) ??
      readFile(app, `${script}.map`)
        .then(parseMap)
        .catch(() => null)
    maps.delete(key)
    maps.set(key, found)
    for (const oldest of maps.keys()) {
      if (maps.size <= mostMaps) break
      maps.delete(oldest)
    }
    return found
  }

  return {
    async locate(app, places) {
      const scripts = new Set(places.flatMap(({ file }) => scriptPath(file) ?? []))
      const asked = [...scripts].slice(0, mostScripts)
      const read = new Map(await Promise.all(asked.map(async (path) => [path, await mapOf(app, path)] as const)))
      return places.map((place) => locateIn(read.get(scriptPath(place.file) ?? '') ?? null, place))
    },
  }
}

/** `/assets/index-3f9a.js` of an address; undefined for what has no map beside it. */
function scriptPath(file: string): string | undefined {
  const path = URL.parse(file)?.pathname
  return path !== undefined && /^\/assets\/[\w.-]+\.js$/.test(path) ? path : undefined
}

/** Not remembered as missing where it is too large: that is as final as anything else about a file of this name. */
function parseMap(content: Uint8Array | undefined): TraceMap | null {
  if (!content || content.byteLength > mostMapBytes) return null
  return new TraceMap(Buffer.from(content).toString('utf8'))
}

function locateIn(map: TraceMap | null, { line, column }: CodePlace): CodePlace | null {
  if (!map || line < 1) return null
  const found = originalPositionFor(map, { line, column: Math.max(0, column - 1) }) // browsers count columns from 1
  if (found.source === null || found.source.startsWith('node_modules/')) return null
  return { file: found.source, line: found.line, column: found.column + 1 }
}
