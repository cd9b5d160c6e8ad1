import { parseAppId } from '../../engine/app-files.ts'
import { ICON_MAKERS } from '../live-specifiers.ts'
import type { AppServer } from './app-server.ts'
import { JSX_SOURCE } from './file-facts.ts'
import { ICONS_MODULE } from './live-icons.ts'
import { ENVIRONMENT_MODULE } from './live-rewrite.ts'
import { urlOfId } from './module-ids.ts'
import type { PageView } from './page-view.ts'

/** Where Vite's client finds its other half, which it names by where that lies on this machine. */
export const VITE_ENV_ADDRESS = '/@live/vite-env.js'

/** What every live page loads. */
const ALWAYS = [
  '/@live/client.js',
  '/@vite/client',
  VITE_ENV_ADDRESS,
  '/@react-refresh',
  '/@live/react-faults.js',
  '/@live/styles.js',
]

/** Our own modules, by how scripts import them, with the packages that they need. */
const OWN: Record<string, { address: string; packages: readonly string[] }> = {
  [ENVIRONMENT_MODULE]: { address: ENVIRONMENT_MODULE, packages: [] },
  [ICONS_MODULE]: { address: ICONS_MODULE, packages: ICON_MAKERS },
  [`${JSX_SOURCE}/jsx-dev-runtime`]: { address: '/@live/jsx-dev-runtime.js', packages: ['react/jsx-dev-runtime'] },
}

/**
 * All that a browser will ask for before a page's scripts run, by the addresses that it will use: it can fetch everything at
 * once, and need not find out file by file. Read off what was found out about the files; no module is made for it.
 */
export function listFirstModules(view: PageView, { vite }: AppServer): string[] {
  const { sources, inspection } = view
  const graph = vite.environments.client.moduleGraph
  const modules = new Set(ALWAYS)
  const packages = new Set<string>()
  const addPackage = (specifier: string): void => {
    const url = sources.vendor.urlOf(specifier)
    for (const file of url === null ? [] : sources.vendor.closure(url)) packages.add(file)
  }
  for (const id of inspection.first) {
    const time = graph.getModuleById(id)?.lastHMRTimestamp ?? 0
    modules.add(urlOfId(id) + (time > 0 ? `?t=${time}` : ''))
    const path = parseAppId(id)?.path
    if (path === undefined) continue
    inspection.packages.get(path)?.forEach(addPackage)
    if (!inspection.packages.has(path)) continue
    for (const { specifier } of sources.facts(path).imports) {
      const own = OWN[specifier]
      if (!own) continue
      modules.add(own.address)
      own.packages.forEach(addPackage)
    }
  }
  return [...packages, ...modules] // packages are ready, and large: modules are made meanwhile
}
