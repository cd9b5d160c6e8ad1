import { join } from 'node:path'
import { previewPageScript } from '@overskill/builder'
import { createEdgePreviewService, type EdgePreviewService } from '@overskill/edge'
import { type Addresses, productionUrl } from './apps/addresses.ts'
import type { Config } from './config.ts'
import type { Database } from './database/database.ts'
import { type AppHosts, createAppHosts } from './deployments/app-hosts.ts'
import type { ArtifactStore } from './deployments/build-tree.ts'
import { freshEdge } from './deployments/fresh-edge.ts'
import { createSharedArtifacts } from './deployments/shared-artifacts.ts'
import { startRounds, sweepArtifacts } from './deployments/sweep-artifacts.ts'
import type { EventBus } from './events/event-bus.ts'

/** This process's edge, and what keeps it as the database says. */
export type Serving = {
  edge: EdgePreviewService
  /** Where builds go: this edge, and where the database is shared, all others. */
  artifacts: ArtifactStore
  hosts: AppHosts
  /** Answers requests. */
  front: Pick<EdgePreviewService, 'handle'>
  /** An app's names changed here: this edge follows at once, the others are told. */
  onNames(app: string): Promise<void>
  /** What an app's addresses show changed here. */
  onMoved(app: string): void
}

export type ServingOptions = {
  config: Config
  db: Database
  bus: EventBus
  addresses: Addresses
  studioOrigins: readonly string[]
  onError: (error: unknown, fields?: object) => void
}

export async function openServing(options: ServingOptions): Promise<Serving> {
  const { config, db, bus, addresses, studioOrigins, onError } = options
  const isAlone = config.databaseUrl === undefined
  const shared = createSharedArtifacts(db)
  const edge = await createEdgePreviewService({
    ...(isAlone ? {} : { source: shared.source }),
    contentDir: join(config.dataDir, 'edge'),
    studioOrigins,
    previewScript: previewPageScript(studioOrigins),
    publishedUrl: (slug) => productionUrl(addresses, slug).replace(/\/$/, ''),
    onError: (error) => onError(error, { room: 'edge' }),
  })
  const hosts = createAppHosts({ db, edge, onError })
  await hosts.load()
  if (!isAlone) hearHosts(hosts, bus)
  hosts.follow() // alone too: what was stored and never answered is known to nobody here
  const sweeping = startRounds((signal) => sweepArtifacts({ db, edge }, signal), onError)
  const onMoved = (app: string): void => bus.say({ kind: 'hosts', app })
  return {
    ...{ edge, onMoved },
    hosts: { ...hosts, close: () => Promise.all([hosts.close(), sweeping.close()]).then(() => undefined) },
    artifacts: isAlone ? edge : shared.storeWith(edge),
    front: isAlone ? edge : freshEdge(edge, hosts),
    async onNames(app) {
      await hosts.refresh(app)
      onMoved(app)
    },
  }
}

/** What other processes change is seen at this edge as soon as they say so. */
function hearHosts(hosts: AppHosts, bus: EventBus): void {
  bus.hear((message) => {
    if (message.kind === 'hosts') void hosts.refresh(message.app)
  })
}
