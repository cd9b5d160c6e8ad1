import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Artifact } from '@overskill/builder'
import { createEdgePreviewService, type EdgePreviewService } from '@overskill/edge'
import { type Environment, must, newId, parseHost } from '@overskill/protocol'
import { afterAll, expect } from 'vitest'
import type { Database } from '../database/database.ts'
import { deployments, pointers } from '../database/schema.ts'
import type { EventLog } from '../events/event-log.ts'
import { type Received, send } from '../http/test-server.ts'
import type { DeploymentRow } from './present.ts'

/** What tests of this room share: builds and rows made by hand, and an edge behind a real HTTP server. */

const endings: (() => unknown)[] = [] // of what was opened, also within a test
afterAll(async () => {
  for (const end of endings.toReversed()) await end()
})

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex')

/** A build whose page says its version, with one hashed file that names it. */
export function makeBuild(version: string): { artifact: Artifact; contents: Map<string, Uint8Array> } {
  const texts = { '/index.html': `<p>${version}</p>`, [chunkOf(version)]: `export const version = '${version}'` }
  const files = Object.entries(texts).map(([path, text]) => ({
    ...{ path, hash: hashOf(text), bytes: text.length },
    ...{ type: path.endsWith('.js') ? 'text/javascript' : 'text/html', immutable: path.startsWith('/assets/') },
  }))
  const contents = new Map(Object.values(texts).map((text) => [hashOf(text), Buffer.from(text)]))
  return { artifact: { hash: hashOf(version), files, bytes: 100 }, contents }
}

/** Where the hashed file of a build is. */
export const chunkOf = (version: string): string => `/assets/app-${version}.js`

/** An edge on a folder of its own, or on another's, which knows no app yet. */
export async function openTestEdge(contentDir?: string): Promise<{ edge: EdgePreviewService; contentDir: string }> {
  const dir = contentDir ?? (await mkdtemp(join(tmpdir(), 'overskill-edge-')))
  endings.push(() => rm(dir, { recursive: true, force: true }))
  const edge = await createEdgePreviewService({
    ...{ contentDir: dir, studioOrigins: [], publishedUrl: (slug) => `http://${slug}.localhost/` },
    onError: (error) => expect(error).toBeUndefined(),
  })
  return { edge, contentDir: dir }
}

/** Sends what a browser asks for when somebody opens an address, by the host's name without the domain. */
export type Visit = (host: string, path?: string) => Promise<Received>

export async function visitorsOf(front: Pick<EdgePreviewService, 'handle'>): Promise<Visit> {
  const domains = { studio: 'localhost', apps: 'localhost' }
  const server = createServer((request, response) =>
    front.handle(request, response, parseHost(request.headers.host ?? '', domains)),
  ).listen(0, '127.0.0.1')
  await once(server, 'listening')
  endings.push(() => server.close())
  const { port } = server.address() as AddressInfo
  return (host, path = '/') => send(port, { path, headers: { host: `${host}.localhost`, accept: 'text/html' } })
}

type Made = { app: string; environment: Environment; version: string; status: DeploymentRow['status'] }

/** A deployment of a build made by hand, as its row is. */
export async function insertDeployment(db: Database, { version, ...made }: Made): Promise<DeploymentRow> {
  const [row] = await db
    .insert(deployments)
    .values({ ...made, id: newId('dep'), version: 1, url: 'http://x/', artifact: hashOf(version) })
    .returning()
  return must(row, 'The deployment')
}

/** A deployment that is live: its row, and its pointer. */
export async function insertLive(db: Database, made: Omit<Made, 'status'>): Promise<DeploymentRow> {
  const row = await insertDeployment(db, { ...made, status: 'live' })
  const { app, environment, artifact, fence, id: deployment } = row
  await db.insert(pointers).values({ app, environment, artifact, fence, deployment })
  return row
}

/** A log all of whose writes are stored, and whose answers never come. */
export const withLostAnswers = (log: EventLog): EventLog => ({
  ...log,
  async write(work) {
    await log.write((write) => work({ ...write, afterCommit: () => {} }))
    throw new Error('The answer was lost')
  },
})
