import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, request as startRequest, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Artifact, ArtifactFile } from '@overskill/builder'
import { environmentPlaceholder, parseHost } from '@overskill/protocol'
import { createEdgePreviewService, type EdgeOptions, type EdgePreviewService } from './edge-preview-service.ts'

/** What the tests of this room share: artifacts made by hand, and an edge behind a real HTTP server. */

export const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex')

const types: Record<string, string> = {
  html: 'text/html',
  js: 'text/javascript',
  css: 'text/css',
  png: 'image/png',
  svg: 'image/svg+xml',
  woff2: 'font/woff2',
  txt: 'text/plain',
}

export type MadeArtifact = { artifact: Artifact; contents: Map<string, Uint8Array> }

/** An artifact of these files; those below `/assets/` and `/_v/` are immutable, as the builder's are. */
export function makeArtifact(files: Record<string, string | Uint8Array>): MadeArtifact {
  const contents = new Map<string, Uint8Array>()
  const listed = Object.entries(files).map(([path, content]): ArtifactFile => {
    const bytes = Buffer.from(content as string)
    const hash = sha256(bytes)
    contents.set(hash, bytes)
    const type = types[path.slice(path.lastIndexOf('.') + 1)] ?? 'application/octet-stream'
    return { path, hash, bytes: bytes.byteLength, type, immutable: /^\/(?:assets|_v)\//.test(path) }
  })
  const bytes = listed.reduce((sum, file) => sum + file.bytes, 0)
  return { artifact: { hash: sha256(JSON.stringify(listed)), files: listed, bytes }, contents }
}

/** An app whose every file says the version: what a browser sees tells which deployment answered. */
export const makeApp = (version: string, more: Record<string, string | Uint8Array> = {}): MadeArtifact =>
  makeArtifact({
    '/index.html': `<!doctype html><html><head>${environmentPlaceholder}<script type="module" src="/assets/app-${version}.js"></script></head><body>${version} ${'a page '.repeat(60)}</body></html>`,
    [`/assets/app-${version}.js`]: `export const version = '${version}'\n${'// code\n'.repeat(400)}`,
    [`/assets/style-${version}.css`]: `body { --version: '${version}' }\n${'p { color: red }\n'.repeat(100)}`,
    '/robots.txt': 'User-agent: *\n',
    ...more,
  })

export type Answer = { status: number; headers: IncomingHttpHeaders; rawHeaders: string[]; body: Buffer; text: string }

export type Ask = { host?: string; method?: string; headers?: Record<string, string>; body?: string }

export type RunningEdge = {
  edge: EdgePreviewService
  port: number
  dir: string
  errors: unknown[]
  /** A request as a client that resolves `*.localhost` would send it. */
  ask(path: string, ask?: Ask): Promise<Answer>
  /** Stores an app and puts it on its preview host. */
  deploy(made: MadeArtifact, fence: number, more?: { environment?: 'preview' | 'production' }): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

export const testApp = 'abc123'
export const studioOrigin = 'http://localhost:4000'

/** An edge on a temporary folder, on a free port, with one app that has nothing deployed yet. */
export async function startEdge(options: Partial<EdgeOptions> = {}): Promise<RunningEdge> {
  const dir = await mkdtemp(join(tmpdir(), 'edge-'))
  const errors: unknown[] = []
  const edge = await createEdgePreviewService({
    contentDir: dir,
    studioOrigins: [studioOrigin],
    publishedUrl: (slug) => `http://${slug}.localhost:4000/`,
    onError: (error) => errors.push(error),
    ...options,
  })
  edge.putApp({ app: testApp, slug: 'book-club', formerSlugs: ['reading-list'] })
  const domains = { studio: 'localhost', apps: 'localhost' }
  const server = createServer((request, response) =>
    edge.handle(request, response, parseHost(request.headers.host ?? '', domains)),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    edge,
    port,
    dir,
    errors,
    ask: (path, ask = {}) => sendRequest(port, path, ask),
    async deploy({ artifact, contents }, fence, { environment = 'preview' } = {}) {
      await edge.store(artifact, contents)
      const switched = await edge.switchTo({ app: testApp, environment, artifactHash: artifact.hash, fence })
      if (!switched.ok) throw new Error(switched.failure.detail)
    },
    async [Symbol.asyncDispose]() {
      await close(server)
      await rm(dir, { recursive: true, force: true })
    },
  }
}

const close = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })

function sendRequest(port: number, path: string, { host, method, headers, body }: Ask): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = startRequest(
      {
        port,
        path,
        host: '127.0.0.1',
        method: method ?? 'GET',
        headers: { host: host ?? `preview-${testApp}.localhost:${port}`, ...headers },
      },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', reject)
        response.on('end', () => {
          const whole = Buffer.concat(chunks)
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            rawHeaders: response.rawHeaders,
            body: whole,
            text: whole.toString('utf8'),
          })
        })
      },
    )
    sent.on('error', reject)
    sent.end(body)
  })
}
