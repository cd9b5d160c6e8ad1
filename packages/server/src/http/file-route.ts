import { fail, type Failure, type Outcome } from '@overskill/protocol'
import { apiHeaders, problemResponse } from './problem.ts'
import type { RawCalls } from './services.ts'

export type FileRequest = {
  request: Request
  app: string
  path: string
  version: number | undefined
  person: string
  body: Uint8Array
}

/**
 * What an app's files are never loaded as from the studio's host: they are the model's work, and the studio's origin is the
 * one that may do everything.
 */
const runningDestinations = new Set([
  'audioworklet',
  'embed',
  'frame',
  'iframe',
  'object',
  'paintworklet',
  'script',
  'serviceworker',
  'sharedworker',
  'style',
  'worker',
  'xslt',
])

/** Answers GET, PUT and DELETE of one file's raw content. */
export async function answerFile(raw: RawCalls, file: FileRequest): Promise<Response> {
  const { request } = file
  if (request.method === 'PUT') return put(raw, file)
  if (request.method === 'DELETE') return remove(raw, file)
  if (runningDestinations.has(request.headers.get('sec-fetch-dest') ?? '')) {
    return problemResponse({
      code: 'forbidden',
      detail: 'Files of an app are read as data here. They run at the address of its preview.',
    })
  }
  const found = await raw.readFile({ app: file.app, path: file.path, ...(file.version && { version: file.version }) })
  if (!found.ok) return problemResponse(found.failure)
  const { content, hash, type, state } = found.value
  const etag = `"${hash}"`
  const visited = request.headers.get('sec-fetch-dest') === 'document' && { 'content-disposition': 'attachment' }
  const about = { etag, 'overskill-state': state, 'content-type': type, ...visited }
  const headers = { ...apiHeaders, ...about, 'cache-control': 'no-cache' }
  if (namesTag(request.headers.get('if-none-match'), hash)) return new Response(null, { status: 304, headers })
  return new Response(new Uint8Array(content), {
    headers: { ...headers, 'content-length': String(content.byteLength) },
  })
}

async function put(raw: RawCalls, file: FileRequest): Promise<Response> {
  const expected = await expectedHash(raw, file)
  if (!expected.ok) return problemResponse(expected.failure)
  const { app, path, body: content, person } = file
  const stored = await raw.putFile({ app, path, content, ...expected.value }, person)
  if (!stored.ok) return problemResponse(stored.failure)
  return Response.json(
    { version: stored.value.version },
    { headers: { ...apiHeaders, etag: `"${stored.value.hash}"` } },
  )
}

async function remove(raw: RawCalls, file: FileRequest): Promise<Response> {
  const expected = await expectedHash(raw, file)
  if (!expected.ok) return problemResponse(expected.failure)
  const removed = await raw.removeFile({ app: file.app, path: file.path, ...expected.value }, file.person)
  if (!removed.ok) return problemResponse(removed.failure)
  return Response.json({ version: removed.value.version }, { headers: apiHeaders })
}

/** The one hash that `If-Match` asks for. With a list or `*`, the file's present one, if that will do. */
async function expectedHash(raw: RawCalls, file: FileRequest): Promise<Outcome<{ ifMatch?: string }>> {
  const header = file.request.headers.get('if-match')
  if (header === null) return { ok: true, value: {} }
  const single = /^"([^",]+)"$/.exec(header.trim())?.[1]
  if (single) return { ok: true, value: { ifMatch: single } }
  const found = await raw.readFile({ app: file.app, path: file.path })
  if (found.ok && namesTag(header.replace(/W\/"[^"]*"/g, ''), found.value.hash)) {
    return { ok: true, value: { ifMatch: found.value.hash } }
  }
  if (!found.ok && found.failure.code !== 'not_found') return found
  return fail('precondition_failed', 'The file is not the one that If-Match names.')
}

/** Whether a list of entity tags names this hash. */
const namesTag = (header: string | null, hash: string): boolean =>
  header !== null &&
  (header.trim() === '*' || header.split(',').some((tag) => tag.trim().replace(/^W\//, '') === `"${hash}"`))

/** The path of a file, decoded. What is not decodable names no file. */
export function decodePath(encoded: string): string | Failure {
  try {
    return decodeURIComponent(encoded)
  } catch {
    return {
      code: 'invalid',
      detail: 'The path is not readable.',
      errors: [{ path: 'path', message: 'Bad percent encoding.' }],
    }
  }
}
