import './stand-back-first.ts'
import { createServer } from 'node:http'
import process from 'node:process'
import { must } from '@overskill/protocol'
import { openPackageStore, type PackageStore } from '../../engine/package-store.ts'
import { encodeFrame, readFrames } from '../../frames.ts'
import { createStyleQuestions } from '../../styles/ask-owner.ts'
import type { AskStyles } from '../../styles/style-request.ts'
import { LiveRequest, type LiveReply, type LiveVendorSet } from '../live-messages.ts'
import { LiveApp, type AppStatus } from './live-app.ts'
import { openLiveVendor, type LiveVendor } from './live-vendor.ts'
import { respond } from './respond.ts'

/**
 * The process that holds live pages, many apps in one. It is told of files over stdin and asked by browsers over a socket
 * in a folder that only its owner can enter, which names the app in a header. It ends when stdin ends. It reads packages
 * and bundled packages; it writes nothing.
 */
const [socketPath = '', vendorCacheDir = '', pageScript = ''] = process.argv.slice(2)

/** Names the app that a request is for; set by the owner, who lets none of a browser's through. */
const APP_HEADER = 'x-live-app'

type Room = { app: LiveApp; store: PackageStore }
const rooms = new Map<string, Room>()
const stores = new Map<string, PackageStore>()
const vendors = new WeakMap<PackageStore, Map<string, LiveVendor>>()

const writeOut = process.stdout.write.bind(process.stdout)
const send = (reply: LiveReply): boolean => writeOut(encodeFrame(reply))
process.stdout.write = process.stderr.write.bind(process.stderr) // what a tool prints must not get between frames

const questions = createStyleQuestions()

/** Has the owner compile a stylesheet that needs code of the app: it runs in a process of its own. */
const askerOf =
  (app: string): AskStyles =>
  (work) =>
    questions.ask((ask) => send({ kind: 'ask', ask, app, work }))

function storeAt(dir: string): PackageStore {
  const store = stores.get(dir) ?? openPackageStore(dir)
  stores.set(dir, store)
  return store
}

/** Apps with the same packages share what is known of them. */
function vendorOf(store: PackageStore, made: LiveVendorSet): LiveVendor {
  const known = vendors.get(store) ?? new Map<string, LiveVendor>()
  vendors.set(store, known)
  const name = JSON.stringify([made.set.key, made.extras])
  const vendor = known.get(name) ?? openLiveVendor(vendorCacheDir, made)
  known.set(name, vendor)
  return vendor
}

async function openApp(request: Extract<LiveRequest, { kind: 'open' }>): Promise<AppStatus> {
  const store = storeAt(request.dependencySetDir)
  const vendor = vendorOf(store, request.vendor)
  const known = rooms.get(request.app)
  if (known && known.store !== store) await closeApp(request.app)
  const room = rooms.get(request.app) ?? { app: new LiveApp(store, vendor, askerOf(request.app)), store }
  rooms.set(request.app, room)
  return room.app.open(request.files, request.env, vendor)
}

async function closeApp(name: string): Promise<void> {
  const room = rooms.get(name)
  rooms.delete(name)
  await room?.app.close()
}

async function answer(request: LiveRequest): Promise<LiveReply> {
  const { id } = request
  const state = (status: AppStatus): LiveReply => ({ kind: 'state', id, ...status })
  if (request.kind === 'open') return state(await openApp(request))
  if (request.kind === 'close') {
    await closeApp(request.app)
    return { kind: 'closed', id }
  }
  const { app, store } = must(rooms.get(request.app), 'An open app')
  switch (request.kind) {
    case 'change':
      return state(await app.change(request.changes))
    case 'vendor':
      return state(await app.takeVendor(vendorOf(store, request.vendor)))
    case 'locate':
      return { kind: 'places', id, places: await app.locate(request.places) }
  }
}

const failure = (id: number, error: unknown): LiveReply => ({
  kind: 'failed',
  id,
  detail: error instanceof Error ? (error.stack ?? error.message) : String(error),
})

const server = createServer((request, response) => {
  const room = rooms.get(String(request.headers[APP_HEADER]))
  if (!room) return void response.writeHead(503).end()
  respond(room.app, pageScript, request, response).catch((error: unknown) => {
    process.stderr.write(`${String(error)}\n`)
    if (!response.headersSent) response.writeHead(500)
    response.end()
  })
})
server.on('upgrade', (request, socket, head) => {
  const room = rooms.get(String(request.headers[APP_HEADER]))
  try {
    must(room, 'An open app').app.upgrade(request, socket, head)
  } catch {
    socket.destroy() // it is not open yet, or not any more: the page tries again
  }
})
server.keepAliveTimeout = 60_000

process.stdin.on(
  'data',
  readFrames((message) => {
    if (questions.take(message)) return
    const request = LiveRequest.parse(message)
    void answer(request).then(send, (error: unknown) => send(failure(request.id, error)))
  }),
)
process.stdin.on('end', () => process.exit(0))
server.listen(socketPath, () => send({ kind: 'ready' }))
