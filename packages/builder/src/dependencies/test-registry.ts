import { createHash } from 'node:crypto'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import type { RegistryConfig } from './registry-config.ts'

/** For tests: a registry that speaks npm's wire over real HTTP, with packages made on the spot. */

export type TestPackage = {
  manifest?: Record<string, unknown>
  files?: Record<string, string | Buffer>
  /** In place of an archive of these files. */
  archive?: Buffer
  /** Hours since it was published; a hundred unless told. */
  ageHours?: number
  /** What the registry says its checksum is, if not the archive's. */
  integrity?: string
}

export type TestRegistry = {
  config: RegistryConfig
  /** Paths that were asked for, in order. */
  asked: string[]
  /** Offers `name@version`. */
  publish(id: string, given?: TestPackage): void
  /** Forgets everything that it offers and was asked. */
  reset(): void
  /** From now on this path is answered so: with a status, a body, or (`hang`) never. */
  answer(path: string, as: { status?: number; body?: string } | 'hang'): void
  [Symbol.asyncDispose](): Promise<void>
}

type Version = { version: string; ageMs: number; archive: Buffer; manifest: Record<string, unknown>; integrity: string }

export async function startTestRegistry(): Promise<TestRegistry> {
  const packages = new Map<string, Version[]>()
  const special = new Map<string, { status?: number; body?: string } | 'hang'>()
  const asked: string[] = []
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? '')
    asked.push(path)
    const as = special.get(path)
    if (as === 'hang') return
    if (as) return void response.writeHead(as.status ?? 200).end(as.body ?? '')
    const [, name = '', version] = /^\/((?:@[^/]+\/)?[^/]+)(?:\/-\/.*-(\d+\.\d+\.\d+[^/]*)\.tgz)?$/.exec(path) ?? []
    answerPackage(response, name, packages.get(name), version)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const registry = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  return {
    config: { registry, scopes: {}, auth: {}, proxyEnv: {} },
    asked,
    publish(id, given = {}) {
      const at = id.lastIndexOf('@')
      const [name, version] = [id.slice(0, at), id.slice(at + 1)]
      const manifest = { name, version, main: 'index.js', ...given.manifest }
      const files = { 'package.json': JSON.stringify(manifest), 'index.js': `module.exports = '${id}'`, ...given.files }
      const archive =
        given.archive ?? packed(Object.entries(files).map(([path, content]) => ({ name: `package/${path}`, content })))
      const integrity = given.integrity ?? `sha512-${createHash('sha512').update(archive).digest('base64')}`
      const made = { version, ageMs: (given.ageHours ?? 100) * 60 * 60_000, archive, manifest, integrity }
      packages.set(name, [...(packages.get(name) ?? []), made])
    },
    reset() {
      packages.clear()
      special.clear()
      asked.length = 0
    },
    answer: (path, as) => void special.set(path, as),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function answerPackage(
  response: ServerResponse,
  name: string,
  versions: Version[] | undefined,
  version?: string,
): void {
  if (!versions) return void response.writeHead(404).end('{}')
  if (version !== undefined) {
    const found = versions.find((each) => each.version === version)
    return void response.writeHead(found ? 200 : 404).end(found?.archive)
  }
  const now = Date.now()
  const document = {
    name,
    'dist-tags': { latest: versions.at(-1)?.version },
    versions: Object.fromEntries(
      versions.map((each) => [
        each.version,
        { ...each.manifest, dist: { tarball: `http://elsewhere.invalid/${name}`, integrity: each.integrity } },
      ]),
    ),
    time: Object.fromEntries(versions.map((each) => [each.version, new Date(now - each.ageMs).toISOString()])),
  }
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(document))
}

export type TarEntry = { name: string; content?: string | Buffer; type?: string; link?: string; size?: string }

/** A gzipped archive of just these entries, whatever they are. */
export function packed(entries: readonly TarEntry[]): Buffer {
  return gzipSync(Buffer.concat([...entries.flatMap(entryBlocks), Buffer.alloc(1024)]))
}

function entryBlocks({ name, content = '', type = '0', link = '', size }: TarEntry): Buffer[] {
  const bytes = Buffer.from(content)
  const header = Buffer.alloc(512)
  header.write(name, 0, 100)
  header.write('0000755\0', 100)
  header.write(size ?? `${bytes.length.toString(8).padStart(11, '0')}\0`, 124)
  header.write('        ', 148)
  header.write(type, 156)
  header.write(link, 157, 100)
  header.write('ustar\u000000', 257)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return [header, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]
}
