import { createServer } from 'node:http'
import { createEdgePreviewService } from '@overskill/edge'
import { parseHost } from '@overskill/protocol'
import { codeText, hostsOfBench, makeApp } from './made-app.ts'

/** The edge's front alone in a process, as `edge.ts` measures it: `node edge-front.ts <content dir>`; prints its port. */

const contentDir = process.argv[2] ?? ''
const edge = await createEdgePreviewService({
  contentDir,
  studioOrigins: ['http://localhost:4000'],
  publishedUrl: (slug) => `http://${slug}.localhost/`,
  onError: (error) => {
    throw error
  },
})
const { artifact, contents } = makeApp({
  '/index.html': '<!doctype html><title>Bench</title>',
  '/assets/app.js': codeText('asset', 30_720),
})
await edge.store(artifact, contents)
const published = hostsOfBench.map((slug, index) => ({ app: index.toString(36).padStart(6, '0'), slug }))
edge.load(
  published,
  published.map(({ app }) => ({ app, environment: 'production', artifactHash: artifact.hash, fence: 1 })),
)

const domains = { studio: 'localhost', apps: 'localhost' }
const server = createServer({ optimizeEmptyRequests: true }, (request, response) =>
  edge.handle(request, response, parseHost(request.headers.host ?? '', domains)),
)
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  if (address && typeof address === 'object') process.stdout.write(`${JSON.stringify({ port: address.port })}\n`)
})
