import { type App, fail, ok, type Outcome } from '@overskill/protocol'
import { lockApp } from '../apps/lock-app.ts'
import type { AlsoStored } from '../deployments/deployments.ts'
import { packageCalls } from './package-calls.ts'
import { numberOfCursor, pageOf } from './page.ts'
import { readAppTree } from './app-tree.ts'
import { limitCalls, usageCalls } from './usage-calls.ts'
import type { Rooms } from './rooms.ts'
import type { Calls, KeptAnswer } from './services.ts'

/** Every JSON call: parsed input in, one room asked, its outcome back. */
export function createCalls(rooms: Rooms): Calls {
  return {
    models: {
      list: async () => ok({ items: await rooms.models.list() }),
      test: async ({ model }) => ok(await rooms.models.test(model)),
    },
    apps: appCalls(rooms),
    messages: messageCalls(rooms),
    turns: turnCalls(rooms),
    usage: usageCalls(rooms),
    limits: limitCalls(rooms),
    files: fileCalls(rooms),
    packages: packageCalls(rooms),
    previews: previewCalls(rooms),
    versions: versionCalls(rooms),
    deployments: deploymentCalls(rooms),
  }
}

const wrap = async <K extends string, T>(name: K, outcome: Promise<Outcome<T>>): Promise<Outcome<Record<K, T>>> => {
  const done = await outcome
  return done.ok ? ok({ [name]: done.value } as Record<K, T>) : done
}

/** Runs only for an app that exists. */
const forApp = async <T>({ apps }: Rooms, id: string, then: () => Promise<Outcome<T>>): Promise<Outcome<T>> => {
  const app = await apps.find(id)
  return app.ok ? then() : app
}

/**
 * Off line first, then deleted together with the end of its turns: a death in between leaves an app that is there, and whose
 * deletion can be asked for again.
 */
async function removeApp({ apps, log, appBuilder, deployments }: Rooms, id: string): Promise<Outcome<App>> {
  const there = await apps.find(id)
  if (!there.ok) return there
  await deployments.takeDown(id)
  return log.write(async (write) => {
    if (!(await lockApp(write, id))) return fail('not_found', `There is no app ${id}.`)
    if (!(await deployments.isDown(write, id)))
      return fail('conflict', 'Somebody published this app at this very moment. Delete it again.')
    await appBuilder.stopAll(write, id)
    return ok(await apps.remove(write, id))
  })
}

const appCalls = (rooms: Rooms): Calls['apps'] => {
  const { apps, models, queue, log, appBuilder } = rooms
  return {
    async create({ prompt, name, model, mode = 'build' }, _person, kept) {
      const chosen = model === undefined ? await models.chosen() : models.resolve(model)
      if (!chosen.ok) return chosen
      const made = await log.write(async (write) => {
        const row = await apps.create(write, { ...(name && { name }), ...(prompt && { prompt }), model: chosen.value })
        const sent = prompt && (await queue.add(write, row.id, { text: prompt, mode, model: chosen.value }))
        const answer = { app: await apps.read(write, row.id), ...(sent && { turn: sent.turn }) }
        await kept?.(write, answer)
        return { answer, sent: sent || undefined }
      })
      appBuilder.wake(made.answer.app.id, made.sent)
      return ok(made.answer)
    },
    list: ({ cursor, limit }) => apps.list(cursor, pageOf(limit)),
    async get({ app }) {
      const row = await apps.find(app)
      return row.ok ? ok({ app: await apps.present(row.value) }) : row
    },
    async patch({ app, model, ...change }) {
      const chosen = model === undefined ? undefined : models.resolve(model)
      if (chosen && !chosen.ok) return chosen
      return wrap('app', apps.patch(app, { ...change, ...(chosen && { model: chosen.value }) }))
    },
    async remove({ app }) {
      const removed = await removeApp(rooms, app)
      if (!removed.ok) return removed
      rooms.reports.drop(app)
      await rooms.live.drop(app)
      return ok({ app: removed.value })
    },
    undelete: ({ app }) => wrap('app', apps.undelete(app)),
  }
}

const messageCalls = (rooms: Rooms): Calls['messages'] => {
  const { queue, appBuilder, conversationOf } = rooms
  return {
    post: ({ app, text, mode }, _person, kept) => appBuilder.send(app, { text, mode }, kept),
    patch: ({ app, message, text }) => forApp(rooms, app, () => wrap('message', queue.edit(app, message, text))),
    remove: ({ app, message }) => forApp(rooms, app, () => wrap('message', queue.remove(app, message))),
    now: ({ app, message }) => forApp(rooms, app, () => appBuilder.startNow(app, message)),
    order: ({ app, messages }) => forApp(rooms, app, () => queue.order(app, messages)),
    conversation: ({ app }) => forApp(rooms, app, async () => ok(await conversationOf(app))),
  }
}

const turnCalls = (rooms: Rooms): Calls['turns'] => {
  const { appBuilder } = rooms
  return {
    get: ({ app, turn }) => forApp(rooms, app, () => wrap('turn', appBuilder.turn(app, turn))),
    stop: ({ app, turn }) => forApp(rooms, app, () => wrap('turn', appBuilder.stop(app, turn))),
    request: ({ app, turn, step }) => forApp(rooms, app, () => appBuilder.request(app, turn, step)),
  }
}

const fileCalls = (rooms: Rooms): Calls['files'] => ({
  list: ({ app, version }) =>
    forApp(rooms, app, async () => {
      const tree = await readAppTree(rooms, app, version)
      if (!tree.ok) return tree
      return ok({ items: [...tree.value.tree].map(([path, entry]) => ({ path, ...entry })) })
    }),
  edit: ({ app, changes, note }, person) => wrap('version', rooms.edits.apply(app, person, changes, note)),
})

const previewCalls = (rooms: Rooms): Calls['previews'] => ({
  report: ({ app, ...posted }) => forApp(rooms, app, () => wrap('items', rooms.reports.take(app, posted))),
})

const versionCalls = (rooms: Rooms): Calls['versions'] => {
  const { versions, edits } = rooms
  return {
    list: ({ app, cursor, limit }) =>
      forApp(rooms, app, async () => {
        const before = numberOfCursor(cursor)
        return before.ok ? ok(await versions.list(app, before.value, pageOf(limit))) : before
      }),
    get: ({ app, version }) => forApp(rooms, app, () => wrap('version', versions.get(app, version))),
    diff: ({ app, version, against }) => forApp(rooms, app, () => wrap('items', versions.diff(app, version, against))),
    restore: ({ app, version }) => wrap('version', edits.restore(app, version)),
  }
}

const keeping =
  (kept: KeptAnswer | undefined): AlsoStored =>
  async (write, deployment) =>
    kept?.(write, { deployment })

const deploymentCalls = (rooms: Rooms): Calls['deployments'] => {
  const { deployments } = rooms
  const asked = async (outcome: ReturnType<typeof deployments.deploy>) => {
    const done = await outcome
    return done.ok ? ok({ deployment: done.value.deployment }) : done
  }
  return {
    deploy: ({ app, environment, version }, _person, kept) =>
      asked(deployments.deploy(app, environment, version, undefined, keeping(kept))),
    rollback: ({ app, deployment }, _person, kept) => asked(deployments.rollback(app, deployment, keeping(kept))),
    list: ({ app, cursor, limit }) =>
      forApp(rooms, app, async () => {
        const before = numberOfCursor(cursor)
        return before.ok ? ok(await deployments.list(app, before.value, pageOf(limit))) : before
      }),
    unpublish: ({ app }) => wrap('app', deployments.unpublish(app)),
  }
}
