import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createFastBuildService, type FastBuildService, findDependencySet } from '@overskill/builder'
import { createEdgePreviewService, type EdgePreviewService } from '@overskill/edge'
import { startSampleModel } from '@overskill/model-server'
import { addressesOf, productionUrl } from './apps/addresses.ts'
import { createApps } from './apps/apps.ts'
import { createEdits } from './apps/edits.ts'
import { createBlobStore } from './apps/files.ts'
import { loadStarter } from './apps/starter.ts'
import { createVersions } from './apps/versions.ts'
import type { Config } from './config.ts'
import type { Database } from './database/database.ts'
import { createAppHosts } from './deployments/app-hosts.ts'
import { createBuildVersion } from './deployments/build-version.ts'
import { createDeployments } from './deployments/deployments.ts'
import { createPipeline } from './deployments/pipeline.ts'
import { createPointers } from './deployments/pointers.ts'
import { createDeltaBatcher } from './events/delta-batcher.ts'
import { createEventLog } from './events/event-log.ts'
import { createConversationFold } from './events/fold-conversation.ts'
import { createCalls } from './http/create-calls.ts'
import { createHealth } from './http/create-health.ts'
import { createRawCalls } from './http/create-raw-calls.ts'
import type { Services } from './http/services.ts'
import { StartRefused } from './life/start-refused.ts'
import type { Log } from './log.ts'
import { createAppBuilder } from './turns/app-builder.ts'
import { createConfiguredModels } from './turns/configured-models.ts'
import { createLeases, newOwner } from './turns/leases.ts'
import { createMessageQueue } from './turns/message-queue.ts'
import { systemPrompt } from './turns/system-prompt.ts'
import { toolset } from './turns/tools/index.ts'
import { runTurn } from './turns/turn-runner.ts'

const repository = fileURLToPath(new URL('../../..', import.meta.url))

/** Everything that answers, and how it ends. */
export type ControlPlane = {
  services: Services
  edge: Pick<EdgePreviewService, 'handle'>
  /** Ends what runs, in reverse order of its making. What was under way goes on at the next start. */
  close(): Promise<void>
}

export type ControlPlaneOptions = {
  config: Config
  db: Database
  log: Log
  version: string
  /** For measuring and tests: how the sample model is paced. */
  samplePace?: 'fast' | 'instant' | 'realistic'
}

/** Builds the whole control plane on an open database. The one place where rooms meet; no room makes another. */
export async function createControlPlane(options: ControlPlaneOptions): Promise<ControlPlane> {
  const { config, db, log } = options
  const addresses = addressesOf(config.publicUrl, config.domains.apps)
  const told = (error: unknown, fields: object = {}) => log.error('Something of ours went wrong', { ...fields, error })
  const events = createEventLog(db, config.databaseUrl ? { pollMs: 1_000 } : {})
  const { conversationOf } = createConversationFold(events)
  const batcher = createDeltaBatcher({ log: events, serverLog: log })
  const builder = createBuilder(config, log)
  const edge = await createEdgePreviewService({
    contentDir: join(config.dataDir, 'edge'),
    studioOrigins: studioOrigins(config),
    publishedUrl: (slug) => productionUrl(addresses, slug).replace(/\/$/, ''),
    onError: (error) => told(error, { room: 'edge' }),
  })
  const hosts = createAppHosts({ db, edge, onError: told })
  const starter = await loadStarter(join(repository, 'starter'), db)
  const sample = await startSampleModel(options.samplePace ? { pace: options.samplePace } : {})
  const models = createConfiguredModels({ ...config, sampleUrl: sample.url })

  const blobs = createBlobStore(db)
  const apps = createApps({ db, log: events, addresses, starter, onNames: (app) => hosts.refresh(app) })
  const versions = createVersions({ db, starter })
  const pointers = createPointers({ db, log: events, edge, apps })
  const buildVersion = createBuildVersion({ db, log: events, builder, artifacts: edge })
  const pipeline = createPipeline({ db, log: events, buildVersion, artifacts: edge, pointers, onError: told })
  const deployments = createDeployments({ db, log: events, apps, addresses, pipeline, pointers })
  const edits = createEdits({
    log: events,
    versions,
    onVersion: async (app, version) => {
      const asked = await deployments.deploy(app, 'preview', version)
      if (asked.ok) asked.value.ended.then(() => events.write((write) => apps.settle(write, app))).catch(told)
    },
  })
  const queue = createMessageQueue({ log: events, apps })
  const deploy = async (app: string, version: number, turn: string) => {
    const asked = await deployments.deploy(app, 'preview', version, turn)
    if (!asked.ok) throw new Error(`Version ${version} of ${app} could not be deployed: ${asked.failure.detail}`)
    return asked.value.ended
  }
  const turnParts = { db, log: events, batcher, blobs, apps, versions, models, tools: toolset, system: systemPrompt }
  const appBuilder = createAppBuilder({
    ...{ db, log: events, apps, models, queue, onError: told },
    leases: createLeases({ db, log: events, owner: newOwner() }),
    isAlone: config.databaseUrl === undefined,
    run(turn) {
      builder.warm()
      return runTurn(turn, {
        ...turnParts,
        deploy,
        conversation: conversationOf,
        note: ({ app, id }, { code, text, error }) =>
          log.warn(text, { code, app, turn: id, ...(error ? { error } : {}) }),
      })
    },
  })

  await hosts.load()
  await pipeline.resume()
  await appBuilder.start()
  const health = createHealth({ db, builder, models, version: options.version })
  const rooms = {
    db,
    log: events,
    blobs,
    apps,
    versions,
    edits,
    deployments,
    appBuilder,
    queue,
    models,
    conversationOf,
  }
  return {
    services: { calls: createCalls(rooms), raw: createRawCalls(rooms, health) },
    edge,
    close: closeInOrder([appBuilder, pipeline, batcher, events, sample, builder]),
  }
}

function createBuilder(config: Config, log: Log): FastBuildService {
  const set = findDependencySet(repository)
  if (!set.present)
    throw new StartRefused('The packages for apps are not installed. Start with ./bin/start, which gets them.')
  return createFastBuildService({ dependencySetDir: set.dir, vendorCacheDir: join(config.dataDir, 'vendor'), log })
}

/** Every origin at which the studio can be opened: it alone may frame previews. */
function studioOrigins({ publicUrl, port, domains }: Config): string[] {
  const loopback = domains.studio === 'localhost' ? [`http://127.0.0.1:${port}`, `http://[::1]:${port}`] : []
  return [publicUrl, ...loopback]
}

/** One after the other; one that fails does not keep the others open. */
function closeInOrder(parts: readonly { close(): Promise<void> }[]): () => Promise<void> {
  return async () => {
    const errors: unknown[] = []
    for (const part of parts) await part.close().catch((error: unknown) => errors.push(error))
    if (errors.length > 0) throw new AggregateError(errors, 'Not everything closed cleanly')
  }
}
