import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createScriptPlaces, type FastBuildService } from '@overskill/builder'
import type { EdgePreviewService } from '@overskill/edge'
import { startSampleModel } from '@overskill/model-server'
import type { Tree } from '@overskill/workspace'
import pLimit from 'p-limit'
import { type Addresses, addressesOf, liveUrl, previewUrl } from './apps/addresses.ts'
import { type Apps, createApps } from './apps/apps.ts'
import { createEdits } from './apps/edits.ts'
import { createPackages, type Packages } from './apps/packages.ts'
import { type Contents, createContents } from './apps/contents.ts'
import { loadStarter } from './apps/starter.ts'
import { createVersions, type Versions } from './apps/versions.ts'
import type { Config } from './config.ts'
import type { Database } from './database/database.ts'
import { checkQueues } from './dispatch/check-queues.ts'
import { newOwner } from './dispatch/lease-terms.ts'
import { type Dispatch, openDispatch } from './dispatch/open-dispatch.ts'
import { createTreeBuilds, type TreeBuilds } from './deployments/build-tree.ts'
import { createBuildVersion } from './deployments/build-version.ts'
import { createDeploymentLeases } from './deployments/deployment-leases.ts'
import { type Asked, createDeployments, type Deployments } from './deployments/deployments.ts'
import { createPipeline } from './deployments/pipeline.ts'
import { createPointers } from './deployments/pointers.ts'
import { createDeltaBatcher } from './events/delta-batcher.ts'
import { createEventLog, type EventLog, type Write } from './events/event-log.ts'
import { createConversationFold } from './events/fold-conversation.ts'
import { createCalls } from './http/create-calls.ts'
import { createHealth } from './http/create-health.ts'
import { createRawCalls } from './http/create-raw-calls.ts'
import type { Services } from './http/services.ts'
import { type Log, redactor } from './log.ts'
import { type Building, openBuilding } from './open-building.ts'
import { openServing, type Serving } from './open-edge.ts'
import { createLiveHost, type LiveHost } from './previews/live-host.ts'
import { createLivePreviews } from './previews/live-previews.ts'
import { createPreviewReports, type PreviewReports } from './previews/preview-reports.ts'
import { createEstimates } from './spending/estimates.ts'
import { createSpending, type Spending } from './spending/spending.ts'
import { createAppBuilder } from './turns/app-builder.ts'
import { createConfiguredModels } from './turns/configured-models.ts'
import { createLeases } from './turns/leases.ts'
import { createMessageQueue } from './turns/message-queue.ts'
import { createPromptSize } from './turns/prompt-size.ts'
import { createStreamRecorder } from './turns/record-streams.ts'
import type { TurnModels } from './turns/turn-models.ts'
import { systemPrompt } from './turns/system-prompt.ts'
import { toolset } from './turns/tools/index.ts'
import { runTurn } from './turns/turn-runner.ts'

/** Turns that get ready for their model at once: the first of a hundred is not to wait for the last one's history. */
const beginningAtOnce = 2

const repository = fileURLToPath(new URL('../../..', import.meta.url))

/** Everything that answers, and how it ends. */
export type ControlPlane = {
  services: Services
  edge: Pick<EdgePreviewService, 'handle'>
  /** Answers at the `live-` hosts. */
  live: LiveHost
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
  const onError = (error: unknown, fields: object = {}) =>
    log.error('Something of ours went wrong', { ...fields, error })
  const addresses = addressesOf(config.publicUrl, config.domains.apps)
  const dispatch = await openDispatch({ db, log, redisUrl: config.redisUrl, onError })
  const { bus, dispatcher } = dispatch
  const isAlone = config.databaseUrl === undefined
  const events = createEventLog(db, isAlone ? {} : { bus })
  const building = await openBuilding(config, studioOrigins(config), log)
  const { builder } = building
  builder.warm() // ready by the time that somebody asks how we are
  const serving = await openServing({ config, db, bus, addresses, studioOrigins: studioOrigins(config), onError })
  const { edge, artifacts } = serving
  const sample = await startSampleModel(options.samplePace ? { pace: options.samplePace } : {})
  const packages = createPackages({ store: building.store })
  const contents = createContents(db)
  const starter = await loadStarter(join(repository, 'starter'), db)
  const base = {
    ...{ config, db, contents, starter, log, events, dispatch, builder, packages },
    ...{ serving, addresses, leaseOwner: newOwner(), onError },
  }
  const models = createConfiguredModels({ ...config, sampleUrl: sample.url })
  const spending = createSpending(db)

  const apps = createApps({ db, log: events, addresses, starter, onNames: (app) => serving.onNames(app) })
  const versions = createVersions({ db, starter })
  const treeBuilds = createTreeBuilds({ db, contents, builder, artifacts })
  const { pipeline, deployments, edits } = createDeploying({ ...base, apps, versions, treeBuilds })
  const { reports, live, liveHost } = createPreviewing({ ...base, apps, building })
  const turning = createTurning({ ...base, apps, versions, models, spending, deployments, treeBuilds, reports })

  if (config.roles.includes('builder')) await pipeline.serve()
  if (config.roles.includes('worker')) await turning.appBuilder.start()
  await checkQueues(config.roles, dispatcher, log)
  const health = createHealth({ db, builder, edge, models, dispatcher, version: options.version })
  const { conversationOf, appBuilder, queue, batcher } = turning
  const promptChars = createPromptSize({ db, system: systemPrompt, tools: toolset })
  const estimates = createEstimates({ db, spending, promptChars })
  const rooms = {
    ...{ db, log: events, contents, apps, versions, edits, packages, deployments, appBuilder, queue, models, spending },
    ...{ estimates, conversationOf, reports, live },
  }
  return {
    services: { calls: createCalls(rooms), raw: createRawCalls(rooms, health) },
    edge: serving.front,
    live: liveHost,
    close: closeInOrder([
      together(appBuilder, pipeline),
      serving.hosts,
      live,
      batcher,
      events,
      dispatch,
      sample,
      building,
    ]),
  }
}

/** What every part is made of. */
type Base = {
  config: Config
  db: Database
  contents: Contents
  /** What every app begins from. */
  starter: Tree
  log: Log
  events: EventLog
  dispatch: Dispatch
  builder: FastBuildService
  packages: Packages
  serving: Serving
  addresses: Addresses
  /** This process, among the owners of leases. */
  leaseOwner: string
  onError: (error: unknown, fields?: object) => void
}

function createDeploying(base: Base & { apps: Apps; versions: Versions; treeBuilds: TreeBuilds }) {
  const { config, db, events, addresses, apps, versions, treeBuilds, onError } = base
  const { edge, artifacts } = base.serving
  const onMoved = (app: string): void => base.serving.onMoved(app)
  const { bus, dispatcher } = base.dispatch
  const pointers = createPointers({ db, log: events, edge, apps, onMoved })
  const buildVersion = createBuildVersion({ db, log: events, apps, treeBuilds })
  const pipeline = createPipeline({
    ...{ db, log: events, buildVersion, artifacts, pointers, dispatcher, bus, onError },
    leases: createDeploymentLeases({ db, log: events, owner: base.leaseOwner }),
    isAlone: config.databaseUrl === undefined,
  })
  const deployments = createDeployments({ db, log: events, apps, addresses, pipeline, pointers })
  const deploy = (write: Write, app: string, version: number) => deployments.deployIn(write, app, version)
  return { pipeline, deployments, edits: createEdits({ log: events, versions, apps, deploy }) }
}

/** What previewed pages show and tell. */
function createPreviewing(base: Base & { apps: Apps; building: Building }) {
  const { config, db, contents, events, addresses, apps, building, onError } = base
  const { edge } = base.serving
  const service = building.openLivePages({
    onState: (app, state) => live.noteState(app, state),
    onClosed: (app) => live.noteClosed(app),
  })
  const live = createLivePreviews({ db, contents, log: events, apps, service, onError })
  const built = createScriptPlaces((app, path) => edge.read({ app, environment: 'preview' }, path))
  const reports = createPreviewReports({
    db,
    log: events,
    locate: {
      preview: (app, places) => built.locate(app, places),
      live: (app, places) => service.locate(app, places),
    },
    urlOf: (app, host) => (host === 'live' ? liveUrl : previewUrl)(addresses, app),
  })
  const liveHost = createLiveHost({
    previews: live,
    service,
    urlOf: (app) => liveUrl(addresses, app),
    sendNoApp: (request, response, key) => edge.handle(request, response, { kind: 'live', key }),
    studioOrigins: studioOrigins(config),
    onError,
  })
  return { reports, live, liveHost }
}

type TurningBase = Base & {
  apps: Apps
  versions: Versions
  models: TurnModels
  spending: Spending
  deployments: Deployments
  reports: PreviewReports
  treeBuilds: TreeBuilds
}

function createTurning(base: TurningBase) {
  const { config, db, contents, starter, log, events, builder, packages, apps, deployments, treeBuilds } = base
  const { versions, models, spending, reports, onError } = base
  const { conversationOf } = createConversationFold(events)
  const leases = createLeases({ db, log: events, owner: base.leaseOwner })
  const batcher = createDeltaBatcher({ log: events, serverLog: log, fence: leases.fence })
  const queue = createMessageQueue({ log: events, apps })
  const deploy = async (app: string, version: number, turn: string): Promise<Asked | undefined> => {
    const asked = await deployments.deploy(app, 'preview', version, turn)
    return asked.ok ? asked.value : undefined
  }
  const recorder =
    config.recordDir === undefined
      ? undefined
      : createStreamRecorder({ dir: config.recordDir, redact: redactor(config.secrets), onError })
  const cancelDeploy = (deployment: string) => deployments.cancel(deployment).catch(onError)
  const shared = {
    db,
    log: events,
    batcher,
    contents,
    apps,
    packages,
    versions,
    starter,
    models,
    spending,
    reports,
  }
  const parts = { ...shared, deploy, cancelDeploy, recorder, inTurn: pLimit(beginningAtOnce) }
  const appBuilder = createAppBuilder({
    ...{ db, log: events, apps, models, spending, queue, onError },
    dispatcher: base.dispatch.dispatcher,
    bus: base.dispatch.bus,
    leases,
    isAlone: config.databaseUrl === undefined,
    run(turn) {
      builder.warm()
      return runTurn(turn, {
        ...parts,
        tools: toolset,
        system: systemPrompt,
        conversation: conversationOf,
        check: (tree, signal) => treeBuilds.check(tree, signal),
        note: ({ app, id }, { code, text, error }) =>
          log.warn(text, { code, app, turn: id, ...(error ? { error } : {}) }),
      })
    },
  })
  return { appBuilder, queue, batcher, conversationOf }
}

/** Every origin at which the studio can be opened: it alone may frame previews. A policy cannot name an IPv6 address. */
function studioOrigins({ publicUrl, port, domains }: Config): string[] {
  const loopback = domains.studio === 'localhost' ? [`http://127.0.0.1:${port}`] : []
  return [publicUrl, ...loopback]
}

/** A turn that waits for its deployment and the deployment that is given up for it end side by side. */
const together = (...parts: readonly { close(): Promise<void> }[]) => ({
  close: () => Promise.all(parts.map((part) => part.close())).then(() => undefined),
})

/** One after the other; one that fails does not keep the others open. */
function closeInOrder(parts: readonly { close(): Promise<void> }[]): () => Promise<void> {
  return async () => {
    const errors: unknown[] = []
    for (const part of parts) await part.close().catch((error: unknown) => errors.push(error))
    if (errors.length > 0) throw new AggregateError(errors, 'Not everything closed cleanly')
  }
}
