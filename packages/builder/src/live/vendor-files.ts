import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { keepRecent } from '../engine/recent.ts'
import { FileName } from '../messages.ts'

const CODINGS = {
  br: (content: Buffer): Promise<Buffer> =>
    promisify(brotliCompress)(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 8 } }),
  gzip: (content: Buffer): Promise<Buffer> => promisify(gzip)(content, { level: 9 }),
}
type Coding = keyof typeof CODINGS

export const VENDOR_PATH = '/_v/'

/** Serves bundled packages: named by their content, compressed once, kept for ever by browsers. */
export function createVendorFiles(vendorCacheDir: string): {
  serve(request: IncomingMessage, response: ServerResponse, headers: Readonly<Record<string, string>>): Promise<void>
} {
  const recent = keepRecent<Buffer>(200)
  const making = new Map<string, Promise<Buffer | null>>()

  const read = async (name: string, coding: Coding | null): Promise<Buffer | null> => {
    const path = join(vendorCacheDir, name)
    if (coding === null) return readFile(path).catch(() => null)
    const known = await readFile(`${path}.${coding}`).catch(() => null)
    if (known) return known
    const content = await readFile(path).catch(() => null)
    if (!content) return null
    const compressed = await CODINGS[coding](content)
    await keep(`${path}.${coding}`, compressed)
    return compressed
  }
  const obtain = async (name: string, coding: Coding | null): Promise<Buffer | null> => {
    const key = `${name}.${coding}`
    const known = recent.get(key)
    if (known) return known
    const made = making.get(key) ?? read(name, coding).finally(() => making.delete(key))
    making.set(key, made)
    const content = await made
    return content && recent.set(key, content)
  }

  return {
    async serve(request, response, headers) {
      const name = FileName.safeParse((request.url ?? '').slice(VENDOR_PATH.length).split('?')[0])
      const accepted = String(request.headers['accept-encoding'] ?? '')
      const coding = /\bbr\b/.test(accepted) ? 'br' : /\bgzip\b/.test(accepted) ? 'gzip' : null
      const content = name.success ? await obtain(name.data, coding) : null
      if (!content) return void response.writeHead(404, { ...headers, 'Cache-Control': 'no-store' }).end()
      response.writeHead(200, {
        ...headers,
        'Content-Type': 'text/javascript; charset=utf-8',
        'Cache-Control': 'public, max-age=31536000, immutable',
        'Content-Length': String(content.length),
        Vary: 'Accept-Encoding',
        ...(coding ? { 'Content-Encoding': coding } : {}),
      })
      response.end(request.method === 'HEAD' ? undefined : content)
    },
  }
}

/** Puts a file in place as a whole, or not at all: a full disk costs the next process a moment, and no visitor anything. */
async function keep(path: string, content: Buffer): Promise<void> {
  const temporary = `${path}.${randomUUID()}`
  try {
    await writeFile(temporary, content)
    await rename(temporary, path)
  } catch {
    await rm(temporary, { force: true }).catch(() => null) // it is swept later
  }
}
