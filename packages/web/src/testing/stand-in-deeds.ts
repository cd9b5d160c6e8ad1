import { must, newId, type App, type Deployment, type Turn, type UserMessage, type Version } from '@overskill/protocol'
import { now, appsHost, turnOf, hashOf, versionOf } from './stand-in-data.ts'
import type { StandIn, StandInApp } from './stand-in-state.ts'

/** A person's message and its turn; queued while another turn runs. */
export function sayTo(standIn: StandIn, app: string, text: string): { message: UserMessage; turn: Turn } {
  const busy = standIn.app(app).snapshot.conversation.turns.some((turn) => turn.status === 'running')
  const message: UserMessage = {
    id: newId('msg'),
    role: 'user',
    text,
    attachments: [],
    turn: newId('turn'),
    createdAt: now(),
    ...(busy && { queued: true }),
  }
  const turn = turnOf(message.turn, message.id, 'queued')
  standIn.emit(app, { type: 'message.created', message })
  standIn.emit(app, { type: 'turn.queued', turn })
  return { message, turn }
}

/** Stops the turn that runs and starts that of a message which waits. */
export function startNow(standIn: StandIn, app: StandInApp, waiting: UserMessage): void {
  const { queued: _queued, ...message } = waiting
  const { app: of, conversation } = app.snapshot
  const running = conversation.turns.find((turn) => turn.status === 'running')
  if (running)
    standIn.emit(of.id, {
      type: 'turn.stopped',
      turn: { ...running, status: 'stopped', deployment: { skipped: 'stopped' } },
    })
  standIn.emit(of.id, { type: 'message.updated', message })
  standIn.emit(of.id, { type: 'turn.started', turn: turnOf(message.turn, message.id, 'running') })
}

export function reorder(standIn: StandIn, app: StandInApp, ids: string[]): UserMessage[] {
  const messages = ids.flatMap((id) => app.snapshot.conversation.messages.filter((one) => one.id === id))
  const queued = messages.filter((one): one is UserMessage => one.role === 'user')
  for (const message of queued) {
    standIn.emit(app.snapshot.app.id, { type: 'message.removed', message: message.id })
    standIn.emit(app.snapshot.app.id, { type: 'message.created', message })
  }
  return queued
}

export function deploy(
  standIn: StandIn,
  app: StandInApp,
  wish: { environment: 'preview' | 'production'; version?: number },
): Deployment {
  const preview = app.snapshot.deployments.find((one) => one.environment === 'preview' && one.status === 'live')
  const deployment: Deployment = {
    ...must(preview, 'A preview'),
    id: newId('dep'),
    environment: wish.environment,
    version: wish.version ?? must(preview, 'A preview').version,
    status: 'queued',
    stages: [],
    createdAt: now(),
    ...(wish.environment === 'production' && {
      url: appsHost(Number(new URL(app.snapshot.app.previewUrl).port), app.snapshot.app.slug),
    }),
  }
  standIn.emit(app.snapshot.app.id, { type: 'deployment.started', deployment })
  return deployment
}

export function unpublish(standIn: StandIn, app: StandInApp): App {
  const { productionUrl: _, ...rest } = app.snapshot.app
  standIn.emit(rest.id, { type: 'app.updated', app: rest })
  const live = app.snapshot.deployments.find((one) => one.environment === 'production' && one.status === 'live')
  if (live) standIn.emit(rest.id, { type: 'deployment.stage', deployment: { ...live, status: 'removed' } })
  return rest
}

export function restore(standIn: StandIn, app: StandInApp, number: number): Version {
  const old = must(
    app.versions.find((one) => one.number === number),
    `Version ${number}`,
  )
  const version: Version = {
    ...old,
    number: must(app.versions[0], 'A version').number + 1,
    title: `Restored version ${number}`,
    origin: 'restore',
    restoredFrom: number,
    createdAt: now(),
  }
  standIn.emit(app.snapshot.app.id, { type: 'version.created', version })
  standIn.emit(app.snapshot.app.id, { type: 'app.updated', app: { ...app.snapshot.app, version: version.number } })
  return version
}

export function edit(standIn: StandIn, app: StandInApp, path: string, text: string): Version {
  app.files.set(path, text)
  const { id } = app.snapshot.app
  const changes = [{ path, action: 'changed' as const, hash: hashOf(text), added: 1, removed: 1 }]
  standIn.emit(id, { type: 'files.changed', changes, origin: { person: 'you' } })
  const number = (app.versions[0]?.number ?? 0) + 1
  const version: Version = { ...versionOf(number, `Edited ${path}`), origin: 'edit' }
  standIn.emit(id, { type: 'version.created', version })
  standIn.emit(id, { type: 'app.updated', app: { ...app.snapshot.app, version: number } })
  return version
}
