import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'

export const encodings = ['identity', 'br', 'gzip'] as const

/** How a body is coded on the wire. `identity` is the file itself. */
export type Encoding = (typeof encodings)[number]

/** A coded form that a blob may have beside itself. */
export type Compression = Exclude<Encoding, 'identity'>

export const compressions: readonly Compression[] = ['br', 'gzip']

const runBrotli = promisify(brotliCompress)
const runGzip = promisify(gzip)

/** Below this many bytes a coded form saves less than its headers cost. */
const smallestBytes = 128

/** Brotli 5 costs about 1 ms for 30 kB and is within a few percent of 11, which costs fifty times that. */
const brotliQuality = 5
const gzipLevel = 6

const compressibleType =
  /^(?:text\/|application\/(?:javascript|json|manifest\+json|xml|wasm|x-javascript|ld\+json|vnd\.ms-fontobject)|image\/(?:svg\+xml|bmp|x-icon|vnd\.microsoft\.icon)|font\/(?:ttf|otf))/

/** Whether coding a file of this media type is worth trying: photos, video and woff2 are coded already. */
export const isCompressible = (type: string, bytes: number): boolean =>
  bytes >= smallestBytes && compressibleType.test(type)

/** The coded form, or undefined where it is no smaller. Runs off the main thread. */
export async function compress(bytes: Uint8Array, encoding: Compression): Promise<Buffer | undefined> {
  const coded =
    encoding === 'br'
      ? await runBrotli(bytes, {
          params: {
            [constants.BROTLI_PARAM_QUALITY]: brotliQuality,
            [constants.BROTLI_PARAM_SIZE_HINT]: bytes.byteLength,
          },
        })
      : await runGzip(bytes, { level: gzipLevel })
  return coded.byteLength < bytes.byteLength ? coded : undefined
}
