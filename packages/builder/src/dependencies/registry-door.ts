import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { withoutYoung, type PackageDocument } from './package-document.ts'
import type { Asked, Registry } from './registry.ts'
import { PACKAGE_NAME } from './wants.ts'

/** What went through a door, for the words when resolving fails. */
export type DoorNotes = {
  /** Answers of the registry by package, as they were before anything was held back. */
  readonly asked: ReadonlyMap<string, Asked<PackageDocument>>
  /** Versions that were held back, by package, with the time of their publishing. */
  readonly held: ReadonlyMap<string, Readonly<Record<string, number | undefined>>>
}

/** The only way out of where versions are resolved: a socket that answers what the registry says about a package, and nothing else. */
export type RegistryDoor = {
  /** Folder with the socket in it; both are gone when the door is closed. */
  readonly dir: string
  readonly socket: string
  readonly notes: DoorNotes
  close(): Promise<void>
}

export type DoorOptions = {
  registry: Registry
  signal: AbortSignal
  /** Whether versions of this name may be younger than a day. */
  mayBeNew: (name: string) => boolean
  onAsked: () => void
  mostNames: number
}

export async function openRegistryDoor(options: DoorOptions): Promise<RegistryDoor> {
  // Not below the data dir: an address of a socket has at most about 100 bytes.
  const dir = await mkdtemp(join(tmpdir(), 'overskill-door-'))
  const asked = new Map<string, Asked<PackageDocument>>()
  const held = new Map<string, Readonly<Record<string, number | undefined>>>()
  const server = createServer((request, response) => {
    answer(request, response, { ...options, asked, held }).catch(() => response.destroy())
  })
  const socket = join(dir, 's')
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject).listen(socket, resolve)
  await promise
  return {
    dir,
    socket,
    notes: { asked, held },
    async close() {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
      await rm(dir, { recursive: true, force: true })
    },
  }
}

type Work = DoorOptions & {
  asked: Map<string, Asked<PackageDocument>>
  held: Map<string, Readonly<Record<string, number | undefined>>>
}

async function answer(request: IncomingMessage, response: ServerResponse, work: Work): Promise<void> {
  const name = nameIn(request.url ?? '')
  const isOver = work.asked.size >= work.mostNames && !work.asked.has(name ?? '')
  if (request.method !== 'GET' || name === null || isOver) return end(response, 404, {})
  const found = await work.registry.document(name, work.signal)
  work.asked.set(name, found)
  work.onAsked()
  if (!found.ok) return end(response, found.kind === 'missing' ? 404 : 502, {})
  const allowed = work.mayBeNew(name) ? { document: found.value, held: {} } : withoutYoung(found.value, Date.now())
  if (Object.keys(allowed.held).length > 0) work.held.set(name, allowed.held)
  return end(response, 200, asServed(allowed.document, `http://${request.headers.host ?? 'localhost'}/`))
}

/** The package that an address of the registry means, or null. */
function nameIn(path: string): string | null {
  try {
    const name = decodeURIComponent(path.slice(1))
    return PACKAGE_NAME.test(name) ? name : null
  } catch {
    return null
  }
}

/** Archives are named as every registry names them, below the door: where they really are is nobody's business inside. */
function asServed({ name, tags, versions }: PackageDocument, base: string): object {
  const shown = Object.entries(versions).map(([version, each]) => {
    const tarball = `${base}${name}/-/${name.split('/').at(-1)}-${version}.tgz`
    return [version, { name, ...each, dist: { ...each.dist, tarball } }]
  })
  return { name, 'dist-tags': tags, versions: Object.fromEntries(shown) }
}

function end(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}
