import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import { readRange } from './byte-range.ts'
import type { BlobCache } from './blob-cache.ts'
import type { Encoding } from './content-encoding.ts'
import type { ContentStore } from './content-store.ts'
import { matchesStrongly, matchesWeakly } from './entity-tag.ts'
import { headerLines, type HeaderLines } from './header-lines.ts'
import { negotiateEncoding } from './negotiate-encoding.ts'
import { formOf, type Form, type ServedFile } from './served-file.ts'

export type Blobs = { store: Pick<ContentStore, 'open'>; cache: BlobCache }

/**
 * Answers GET or HEAD with a file: coding, conditions, ranges (RFC 9110). Synchronous, and undefined, when the body is in
 * memory; else the promise of the sent answer, which rejects when the blob cannot be read.
 */
export function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  file: ServedFile,
  blobs: Blobs,
): Promise<void> | undefined {
  const range = usableRange(request, file)
  const isThere = (encoding: Encoding) =>
    file.sizes[encoding] !== undefined && (range === undefined || encoding === 'identity')
  const encoding = negotiateEncoding(request.headers['accept-encoding'], isThere)
  if (encoding === undefined) {
    sendText(response, 406, 'None of the accepted encodings is available', file.security)
    return undefined
  }
  const form = formOf(file, encoding)
  const failed = failedCondition(request, form)
  if (failed === 412) {
    sendText(response, 412, 'The file has changed', file.security)
    return undefined
  }
  if (failed === 304) {
    response.writeHead(304, form.notModifiedHeaders as string[]).end()
    return undefined
  }
  if (range !== undefined) return sendRange(response, file, form, range, blobs)
  if (request.method === 'HEAD') {
    response.writeHead(200, form.headers as string[]).end()
    return undefined
  }
  return sendBody(response, 200, form.headers, {
    form,
    held: file.bodies?.[encoding],
    start: 0,
    bytes: form.bytes,
    blobs,
  })
}

/** The `Range` of a GET, where `If-Range` lets it count. Parts are parts of the file itself, never of a coded form. */
function usableRange({ method, headers }: IncomingMessage, file: ServedFile): string | undefined {
  if (headers.range === undefined || method !== 'GET') return undefined
  const condition = headers['if-range']
  // A date cannot match: no answer carries Last-Modified.
  if (condition !== undefined && condition !== formOf(file, 'identity').tag) return undefined
  const { bytes } = formOf(file, 'identity')
  return readRange(headers.range, bytes) === 'whole' ? undefined : headers.range
}

function failedCondition({ headers }: IncomingMessage, form: Form): 304 | 412 | undefined {
  const [match, noneMatch] = [headers['if-match'], headers['if-none-match']]
  if (match !== undefined && !matchesStrongly(match, form.tag)) return 412
  return noneMatch !== undefined && matchesWeakly(noneMatch, form.tag) ? 304 : undefined
}

function sendRange(response: ServerResponse, file: ServedFile, form: Form, header: string, blobs: Blobs) {
  const range = readRange(header, form.bytes)
  if (range === 'unsatisfiable' || range === 'whole') {
    sendText(response, 416, 'No such range', ['Content-Range', `bytes */${form.bytes}`, ...file.security])
    return undefined
  }
  const bytes = range.end - range.start + 1
  const headers = [
    ...form.partHeaders,
    ...headerLines({
      'Content-Length': String(bytes),
      'Content-Range': `bytes ${range.start}-${range.end}/${form.bytes}`,
    }),
  ]
  const held = file.bodies?.identity
  return sendBody(response, 206, headers, { form, held, start: range.start, bytes, blobs })
}

/** What of a form is sent: from a byte on, that many. `held` is there when it is in no blob. */
type Body = { form: Form; held: Buffer | undefined; start: number; bytes: number; blobs: Blobs }

function sendBody(response: ServerResponse, status: number, headers: HeaderLines, body: Body) {
  const held = body.held ?? body.blobs.cache.get(body.form.blob)
  if (!held) return sendStored(response, status, headers, body)
  response.writeHead(status, headers as string[])
  response.end(partOf(held, body))
  return undefined
}

const partOf = (whole: Buffer, { start, bytes }: Body): Buffer =>
  bytes === whole.byteLength ? whole : whole.subarray(start, start + bytes)

async function sendStored(response: ServerResponse, status: number, headers: HeaderLines, body: Body) {
  const { form, start, bytes, blobs } = body
  if (blobs.cache.holds(form.bytes)) {
    const whole = await blobs.cache.load(form.blob)
    response.writeHead(status, headers as string[])
    response.end(partOf(whole, body))
    return
  }
  await using blob = await blobs.store.open(form.blob.hash, form.blob.encoding)
  response.writeHead(status, headers as string[])
  const end = start + bytes - 1
  await streamPart(blob.createReadStream({ start, end, highWaterMark: 256 * 1024, autoClose: false }), response)
}

/** Sends with backpressure. A browser that goes away in the middle is nothing wrong. */
async function streamPart(source: NodeJS.ReadableStream, response: ServerResponse): Promise<void> {
  try {
    await pipeline(source, response)
  } catch (error) {
    if (!isGone(error)) throw error
  }
}

/** How Node says that the other side closed, before or while something was sent. */
const goneCodes = [
  'ERR_STREAM_PREMATURE_CLOSE',
  'ERR_STREAM_DESTROYED',
  'ERR_STREAM_UNABLE_TO_PIPE',
  'ECONNRESET',
  'EPIPE',
]

const isGone = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && goneCodes.includes(String(error.code))

/** A short plain answer that is no file: never kept, never HTML. */
export function sendText(response: ServerResponse, status: number, text: string, headers: HeaderLines): void {
  sendBytes(response, status, 'text/plain; charset=utf-8', Buffer.from(`${text}\n`), headers)
}

/** A whole answer of our own: never kept by caches. */
export function sendBytes(
  response: ServerResponse,
  status: number,
  type: string,
  body: Buffer,
  headers: HeaderLines,
): void {
  const own = headerLines({
    'Content-Type': type,
    'Content-Length': String(body.byteLength),
    'Cache-Control': 'no-store',
  })
  response.writeHead(status, [...own, ...headers])
  response.end(response.req.method === 'HEAD' ? undefined : body)
}
