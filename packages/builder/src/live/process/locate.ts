import { originalPositionFor, TraceMap } from '@jridgewell/trace-mapping'
import type { CodePlace } from '@overskill/protocol'
import { APP_ROOT, parseAppId } from '../../engine/app-files.ts'
import type { AppServer } from './app-server.ts'
import { OWN_MODULES, parseDerivedId } from './module-ids.ts'

/** Where in the app's files places of served scripts lie, by their source maps; null for what is no file of the app. */
export async function locatePlaces(server: AppServer, places: readonly CodePlace[]): Promise<(CodePlace | null)[]> {
  const maps = new Map<string, Promise<TraceMap | null>>()
  const mapOf = (address: string): Promise<TraceMap | null> => {
    const known = maps.get(address) ?? readMap(server, address)
    maps.set(address, known)
    return known
  }
  return Promise.all(places.map((place) => locate(mapOf, place)))
}

async function locate(
  mapOf: (address: string) => Promise<TraceMap | null>,
  { file, line, column }: CodePlace,
): Promise<CodePlace | null> {
  const address = addressOf(file)
  const path = address === null ? undefined : parseAppId(APP_ROOT + address)?.path
  if (address === null || !path || line < 1) return null
  const map = await mapOf(address)
  if (!map) return null
  const found = originalPositionFor(map, { line, column: Math.max(0, column - 1) })
  return found.line === null ? null : { file: path, line: found.line, column: found.column + 1 }
}

/** The path of a served script, as modules are known by. */
function addressOf(file: string): string | null {
  try {
    return decodeURI(new URL(file, 'http://page').pathname)
  } catch {
    return null // no address at all
  }
}

async function readMap({ vite }: AppServer, address: string): Promise<TraceMap | null> {
  const id = APP_ROOT + address
  if (parseDerivedId(id) || id.startsWith(OWN_MODULES)) return null
  const client = vite.environments.client
  const module = client.moduleGraph.getModuleById(id)
  if (!module) return null
  const result = module.transformResult ?? (await client.transformRequest(address).catch(() => null))
  const map = result?.map
  return map && 'mappings' in map && map.mappings !== '' ? new TraceMap(map as never) : null
}
