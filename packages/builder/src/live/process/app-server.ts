import { EventEmitter } from 'node:events'
import react from '@vitejs/plugin-react'
import { createServer, type Plugin, type ViteDevServer } from 'vite'
import { APP_ROOT } from '../../engine/app-files.ts'
import { JSX_SOURCE } from './file-facts.ts'
import { filterMessages } from './page-messages.ts'
import { virtualFiles, type PageSources } from './virtual-files.ts'

/** A file that no app has: its change stands for a batch of changes. */
export const BATCH = `${APP_ROOT}/@live/batch`

/**
 * The plugins of Vite that a live page needs. All others would read files, look for configurations or start something; what
 * they do for an app is done in `virtual-files.ts`.
 */
const NEEDED = new Set([
  'live-files',
  'live-batch',
  'vite:react:refresh-wrapper',
  'vite:client-inject',
  'vite:import-analysis',
])

export type AppServer = {
  vite: ViteDevServer
  /** Takes over a WebSocket of the page. */
  upgrades: EventEmitter
  /** Tells pages that these modules (by id) are others now, in one message. */
  tell(ids: readonly string[]): void
}

/** Vite's dev server for one app: no port, no watcher, no optimizer, no configuration, no file. */
export async function startAppServer(sources: () => PageSources): Promise<AppServer> {
  const upgrades = new EventEmitter()
  const waiting: (readonly string[])[] = []
  const vite = await createServer({
    configFile: false,
    envFile: false,
    root: APP_ROOT,
    cacheDir: `${APP_ROOT}/@live/cache`,
    publicDir: false,
    appType: 'custom',
    logLevel: 'silent',
    clearScreen: false,
    mode: 'development',
    plugins: [virtualFiles(sources), tellBatch(waiting), react({ jsxImportSource: JSX_SOURCE }), keepNeeded()],
    css: { postcss: { plugins: [] } },
    optimizeDeps: { noDiscovery: true, include: [] },
    server: {
      middlewareMode: true,
      watch: null,
      ws: { server: upgrades as never },
      hmr: { overlay: false },
      allowedHosts: true,
      preTransformRequests: true,
      forwardConsole: false,
    },
  })
  vite.ws.on('connection', (socket) => filterMessages(socket)) // Vite's own listener was there first
  return {
    vite,
    upgrades,
    tell(ids) {
      waiting.push(ids)
      vite.watcher.emit('change', BATCH)
    },
  }
}

/** Turns the change of one file that nobody has into an update of all modules of a batch. */
function tellBatch(waiting: (readonly string[])[]): Plugin {
  return {
    name: 'live-batch',
    hotUpdate({ file }) {
      if (file !== BATCH || this.environment.name !== 'client') return []
      const ids = waiting.shift() ?? []
      return ids.flatMap((id) => this.environment.moduleGraph.getModuleById(id) ?? [])
    },
  }
}

function keepNeeded(): Plugin {
  return {
    name: 'live-needed',
    configResolved(config) {
      const plugins = config.plugins as Plugin[]
      plugins.splice(0, plugins.length, ...plugins.filter((plugin) => NEEDED.has(plugin.name)))
      // React's plugin names packages for the optimizer, which would look for them on disk: there is no optimizer here.
      for (const { optimizeDeps } of [config, ...Object.values(config.environments)]) optimizeDeps.include = []
    },
  }
}
