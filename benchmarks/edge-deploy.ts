import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { Agent, createServer, request as startRequest } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { createEdgePreviewService, type EdgePreviewService } from '@overskill/edge'
import { parseHost } from '@overskill/protocol'
import { median, type Figure } from './figure.ts'
import { codeText, makeApp } from './made-app.ts'

const rounds = 5
const deploysPerRound = 60
const largestMs = 50
const app = 'abc123'

/** What changes with an edit (page, own chunk, styles) and what does not (the vendor chunks). Sizes of a starter-sized app. */
const vendors = Object.fromEntries(
  Array.from({ length: 12 }, (_, index) => [`/_v/vendor-${index}.js`, codeText(`vendor ${index}`, 50_000)]),
)
const appOf = (version: number) =>
  makeApp({
    ...vendors,
    '/index.html': `<!doctype html><title>${version}</title><script type="module" src="/assets/app-${version}.js"></script>`,
    [`/assets/app-${version}.js`]: codeText(`app ${version}`, 60_000),
    [`/assets/style-${version}.css`]: codeText(`style ${version}`, 25_000),
  })

/** From an artifact in memory, over storing it durably and the switch, to the first byte of the new page over HTTP. */
export async function measureDeploy(): Promise<Figure> {
  const contentDir = await mkdtemp(join(tmpdir(), 'bench-deploy-'))
  const edge = await createEdgePreviewService({
    contentDir,
    studioOrigins: [],
    publishedUrl: () => '',
    onError: (error) => {
      throw error
    },
  })
  edge.putApp({ app, slug: 'bench-app' })
  const domains = { studio: 'localhost', apps: 'localhost' }
  const server = createServer((request, response) =>
    edge.handle(request, response, parseHost(request.headers.host ?? '', domains)),
  )
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = address && typeof address === 'object' ? address.port : 0
  const agent = new Agent({ keepAlive: true })
  const medians: number[] = []
  try {
    await deploy(edge, 0, port, agent) // the vendor chunks are stored once, with an app's first build
    for (let round = 0; round < rounds; round += 1) {
      const ms: number[] = []
      for (let index = 1; index <= deploysPerRound; index += 1)
        ms.push(await deploy(edge, round * deploysPerRound + index, port, agent))
      medians.push(median(ms))
    }
  } finally {
    agent.destroy()
    server.close()
    await rm(contentDir, { recursive: true, force: true })
  }
  const value = median(medians)
  return {
    name: 'artifact → first byte of the new version, p50',
    target: `≤ ${largestMs} ms`,
    value,
    unit: 'ms',
    rounds: medians,
    samples: rounds * deploysPerRound,
    pass: value <= largestMs,
  }
}

async function deploy(edge: EdgePreviewService, version: number, port: number, agent: Agent): Promise<number> {
  const { artifact, contents } = appOf(version)
  const from = performance.now()
  await edge.store(artifact, contents)
  await edge.switchTo({ app, environment: 'preview', artifactHash: artifact.hash, fence: version + 1 })
  const { text, at } = await getPage(port, agent)
  if (!text.includes(`<title>${version}</title>`)) throw new Error(`Version ${version} is not what is served`)
  return at - from
}

/** The page, and when its first byte came. */
function getPage(port: number, agent: Agent): Promise<{ text: string; at: number }> {
  return new Promise((resolve, reject) => {
    const headers = { host: `preview-${app}.localhost` }
    const sent = startRequest({ port, host: '127.0.0.1', path: '/', agent, headers }, (response) => {
      let text = ''
      let at = 0
      response.setEncoding('utf8')
      response.on('data', (piece: string) => {
        at ||= performance.now()
        text += piece
      })
      response.on('end', () => resolve({ text, at }))
      response.on('error', reject)
    })
    sent.on('error', reject)
    sent.setTimeout(10_000, () => sent.destroy(new Error('No answer within 10 s')))
    sent.end()
  })
}
