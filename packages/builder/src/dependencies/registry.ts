import { Agent as HttpAgent, get as getHttp, type IncomingMessage } from 'node:http'
import { Agent as HttpsAgent, get as getHttps } from 'node:https'
import { createBrotliDecompress, createGunzip } from 'node:zlib'
import type { Readable } from 'node:stream'
import { rootCertificates } from 'node:tls'
import { needsTimes, readDocument, type PackageDocument } from './package-document.ts'
import type { RegistryConfig } from './registry-config.ts'

/** What asking a registry came to. `detail` is for a person: no address, no header. */
export type Asked<T> =
  | { ok: true; value: T }
  | { ok: false; kind: 'missing' | 'refused' | 'unreachable' | 'odd' | 'too_large'; detail: string }

/** The registry that npm is set up for on this machine. */
export type Registry = {
  /** What it says about a package; for some minutes out of memory. */
  document(name: string, signal: AbortSignal): Promise<Asked<PackageDocument>>
  /** The archive of a version. `lastModifiedMs`: when the registry says that it was put there. */
  archive(
    name: string,
    version: string,
    work: { signal: AbortSignal; address?: string; onBytes?: (bytes: number) => void },
  ): Promise<Asked<{ content: Buffer; lastModifiedMs: number | undefined }>>
  close(): void
}

export const registryLimits = {
  documentBytes: 100 * 1024 * 1024,
  archiveBytes: 100 * 1024 * 1024,
  answerMs: 30_000, // without a byte
  tries: 3,
  redirects: 3,
  sockets: 24,
  freshMs: 5 * 60_000,
  documents: 2_000,
}

type Limits = typeof registryLimits
type Answer = { status: number; content: Buffer; headers: IncomingMessage['headers'] }

export function openRegistry(config: RegistryConfig, given: Partial<Limits> = {}): Registry {
  const limits = { ...registryLimits, ...given }
  const agents = openAgents(config, limits)
  const documents = new Map<string, { at: number; asked: Promise<Asked<PackageDocument>> }>()
  const fetch = (address: string, accept: string, work: FetchWork) =>
    fetchTwice(address, accept, work, limits, agents, config)

  const askDocument = async (name: string, signal: AbortSignal): Promise<Asked<PackageDocument>> => {
    const address = `${registryOf(config, name)}${name.replace('/', '%2f')}`
    const work = { signal, mostBytes: limits.documentBytes }
    const short = readAnswer(name, await fetch(address, SHORT, work))
    return short.ok && needsTimes(short.value, Date.now()) ? readAnswer(name, await fetch(address, LONG, work)) : short
  }

  return {
    async document(name, signal) {
      const known = documents.get(name)
      if (known && Date.now() - known.at < limits.freshMs) {
        const shared = await known.asked
        if (shared.ok || shared.kind === 'missing' || signal.aborted) return shared // else it may be the other's end
      }
      const asked = askDocument(name, signal)
      documents.set(name, { at: Date.now(), asked })
      for (const oldest of documents.keys()) {
        if (documents.size <= limits.documents) break
        documents.delete(oldest)
      }
      const answer = await asked
      if (!answer.ok && documents.get(name)?.asked === asked) documents.delete(name)
      return answer
    },
    async archive(name, version, { signal, address, onBytes }) {
      const file = `${name.split('/').at(-1)}-${version}.tgz`
      const work = { signal, mostBytes: limits.archiveBytes, ...(onBytes && { onBytes }) }
      const answer = await fetch(address ?? `${registryOf(config, name)}${name}/-/${file}`, '*/*', work)
      if (!answer.ok) return answer
      const { status, content, headers } = answer.value
      if (status !== 200) return badStatus(`${name}@${version}`, status)
      const at = Date.parse(headers['last-modified'] ?? '')
      return { ok: true, value: { content, lastModifiedMs: Number.isNaN(at) ? undefined : at } }
    },
    close: () => agents.close(),
  }
}

const SHORT = 'application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8'
const LONG = 'application/json'

const registryOf = (config: RegistryConfig, name: string): string =>
  config.scopes[name.startsWith('@') ? (name.split('/')[0] ?? '') : ''] ?? config.registry

function readAnswer(name: string, answer: Asked<Answer>): Asked<PackageDocument> {
  if (!answer.ok) return answer
  if (answer.value.status !== 200) return badStatus(name, answer.value.status)
  const document = readDocument(answer.value.content.toString('utf8'))
  if (document?.name !== name)
    return { ok: false, kind: 'odd', detail: `What the registry says about ${name} cannot be read.` }
  return { ok: true, value: document }
}

function badStatus(what: string, status: number): Asked<never> {
  if (status === 404 || status === 405) return { ok: false, kind: 'missing', detail: `${what} is not in the registry.` }
  if (status === 401 || status === 403)
    return { ok: false, kind: 'refused', detail: `The registry does not give out ${what} (status ${status}).` }
  return { ok: false, kind: 'unreachable', detail: `The registry failed at ${what} (status ${status}).` }
}

type FetchWork = { signal: AbortSignal; mostBytes: number; onBytes?: (bytes: number) => void }
type Agents = ReturnType<typeof openAgents>

function openAgents({ proxyEnv, ca }: RegistryConfig, { sockets }: Limits) {
  const options = { keepAlive: true, maxSockets: sockets, proxyEnv: { ...proxyEnv } }
  const http = new HttpAgent(options)
  const https = new HttpsAgent({ ...options, ...(ca && { ca: [...rootCertificates, ca] }) })
  return {
    get: (address: URL, headers: Record<string, string>, signal: AbortSignal, timeout: number) =>
      address.protocol === 'https:'
        ? getHttps(address, { agent: https, headers, signal, timeout })
        : getHttp(address, { agent: http, headers, signal, timeout }),
    close: () => {
      http.destroy()
      https.destroy()
    },
  }
}

/** Asks again where that may help: the connection broke, or the registry itself failed. */
async function fetchTwice(
  address: string,
  accept: string,
  work: FetchWork,
  limits: Limits,
  agents: Agents,
  config: RegistryConfig,
): Promise<Asked<Answer>> {
  let last: Asked<Answer> = { ok: false, kind: 'unreachable', detail: 'The registry was not asked.' }
  for (let attempt = 0; attempt < limits.tries && !work.signal.aborted; attempt += 1) {
    last = await fetchOnce(new URL(address), accept, work, limits, agents, config)
    const again = last.ok ? last.value.status >= 500 || last.value.status === 429 : last.kind === 'unreachable'
    if (!again) return last
  }
  return last
}

async function fetchOnce(
  address: URL,
  accept: string,
  work: FetchWork,
  limits: Limits,
  agents: Agents,
  config: RegistryConfig,
): Promise<Asked<Answer>> {
  let at = address
  for (let hop = 0; hop <= limits.redirects; hop += 1) {
    const answer = await request(at, accept, work, limits, agents, config)
    const to = answer.ok && answer.value.status >= 300 && answer.value.status < 400 && answer.value.headers.location
    if (!to) return answer
    at = new URL(to, at)
    if (!/^https?:$/.test(at.protocol)) break
  }
  return { ok: false, kind: 'odd', detail: 'The registry sends from one address to the next without an end.' }
}

async function request(
  address: URL,
  accept: string,
  work: FetchWork,
  limits: Limits,
  agents: Agents,
  config: RegistryConfig,
): Promise<Asked<Answer>> {
  const auth = authFor(config, address)
  const headers = {
    accept,
    'accept-encoding': 'gzip, br',
    'user-agent': 'overskill',
    ...(auth && { authorization: auth }),
  }
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  try {
    const asked = agents.get(address, headers, work.signal, limits.answerMs)
    asked.once('response', resolve)
    asked.once('error', reject)
    asked.once('timeout', () => asked.destroy(new Error('no answer for 30 s')))
    const response = await promise
    const content = await readAll(response, work)
    if (!content) {
      response.destroy()
      return {
        ok: false,
        kind: 'too_large',
        detail: `An answer of the registry is larger than ${work.mostBytes / 1024 / 1024} MB.`,
      }
    }
    return { ok: true, value: { status: response.statusCode ?? 0, content, headers: response.headers } }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? (error as Error).message
    return { ok: false, kind: 'unreachable', detail: `The registry could not be reached (${code}).` }
  }
}

/** The whole answer, unpacked; null when it is larger than it may be. */
async function readAll(response: IncomingMessage, { mostBytes, onBytes }: FetchWork): Promise<Buffer | null> {
  const encoding = response.headers['content-encoding']
  const unpack = encoding === 'gzip' ? createGunzip() : encoding === 'br' ? createBrotliDecompress() : null
  if (unpack) response.once('error', (error) => unpack.destroy(error))
  const stream: Readable = unpack ? response.pipe(unpack) : response
  const pieces: Buffer[] = []
  let bytes = 0
  for await (const piece of stream as AsyncIterable<Buffer>) {
    bytes += piece.length
    onBytes?.(piece.length)
    if (bytes > mostBytes) return null
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}

/** npm's rule: what is set for the longest beginning of the address that fits. */
function authFor({ auth }: RegistryConfig, address: URL): string | undefined {
  const place = `//${address.host}${address.pathname}`
  const fitting = Object.keys(auth).filter((prefix) => place.startsWith(prefix))
  return auth[fitting.toSorted((a, b) => a.length - b.length).at(-1) ?? '']
}
