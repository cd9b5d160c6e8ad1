import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  createDependencyStore,
  createFastBuildService,
  createLivePreviewService,
  createStyleService,
  type DependencyStore,
  type FastBuildService,
  findDependencySet,
  type LivePreviewOptions,
  type LivePreviewService,
  openSandbox,
  previewPageScript,
  starterStoreDir,
  starterWants,
} from '@overskill/builder'
import type { Config } from './config.ts'
import { StartRefused } from './life/start-refused.ts'
import type { Log } from './log.ts'

const repository = fileURLToPath(new URL('../../..', import.meta.url))

/** Longest that the starter's packages may take to be bundled for live pages, in ms. */
const PREPARE_MS = 120_000

/** Everything that works on an app's source: packages, builds and live pages, over one sandbox and one store. */
export type Building = {
  store: DependencyStore
  builder: FastBuildService
  /** Live pages, the starter's packages on their way, and who hears of what they do by themselves. Made once. */
  openLivePages(hears: Required<Pick<LivePreviewOptions, 'onState' | 'onClosed'>>): LivePreviewService
  close(): Promise<void>
}

/** Opens the builder's services on the data dir. Refuses the start when the starter's packages are not there. */
export async function openBuilding(config: Config, studioOrigins: readonly string[], log: Log): Promise<Building> {
  const starterSet = findDependencySet(repository)
  if (!starterSet.present)
    throw new StartRefused('The packages for apps are not installed. Start with ./bin/start, which gets them.')
  const sandbox = await openSandbox()
  const dir = join(config.dataDir, 'packages')
  const trustedDirs = [starterStoreDir(repository)]
  const store = createDependencyStore({ dir, trustedDirs, fallback: starterSet, log })
  const styles = createStyleService({ sandbox, log })
  const vendorCacheDir = join(config.dataDir, 'vendor')
  const shared = { sandbox, styles, dependencies: store, log }
  const setsDir = join(dir, 'sets')
  const liveDir = join(starterStoreDir(repository), 'live') // what the starter's packages come to is the same everywhere
  const liveSwept = Promise.withResolvers<void>()
  const builder = createFastBuildService({
    ...{ ...shared, starterSet, vendorCacheDir },
    dependenciesDirs: [setsDir],
    liveVendors: { dir: liveDir, onSwept: liveSwept.resolve },
  })
  await liveSwept.promise // before the first page
  return {
    store,
    builder,
    openLivePages(hears) {
      const pages = createLivePreviewService({
        ...shared,
        ...hears,
        dependenciesDirs: [dirname(starterSet.dir), setsDir],
        vendorCacheDir: liveDir,
        frameAncestors: studioOrigins,
        pageScript: previewPageScript(studioOrigins),
      })
      if (config.roles.includes('web')) void pages.prepare(starterWants(repository), AbortSignal.timeout(PREPARE_MS))
      return pages
    },
    async close() {
      await builder.close()
      await styles.close()
      await store.close()
    },
  }
}
