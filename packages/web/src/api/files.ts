import { send } from './call.ts'

/** One file as the server has it. `etag` is what a save must name to be sure that nothing changed in between. */
export type RemoteFile = { text: string; etag: string | undefined; binary: boolean }

/** The address of a file's raw content. */
export const fileUrl = (app: string, path: string): string =>
  `/api/apps/${app}/files/${path.split('/').map(encodeURIComponent).join('/')}`

/** The address of the whole app as a zip archive. */
export const exportUrl = (app: string): string => `/api/apps/${app}/export.zip`

const decoder = new TextDecoder('utf-8', { fatal: true })

/** Reads a file. One that is not UTF-8 text, or holds a NUL, comes back as `binary` without text. */
export async function readFile(app: string, path: string, signal?: AbortSignal): Promise<RemoteFile> {
  const response = await send(fileUrl(app, path), { signal: signal ?? null })
  const etag = response.headers.get('etag') ?? undefined
  const bytes = await response.arrayBuffer()
  const text = decodeText(bytes)
  return text === undefined ? { text: '', etag, binary: true } : { text, etag, binary: false }
}

/**
 * Saves a file as a new version; refused as `precondition_failed` when it is no longer the one named by `etag`. Without one
 * it is saved over whatever is there, or nothing.
 *
 * @returns The tag of what was saved, which the next save must name.
 */
export async function writeFile(
  app: string,
  path: string,
  text: string,
  etag: string | undefined,
): Promise<string | undefined> {
  const response = await send(fileUrl(app, path), {
    method: 'PUT',
    headers: { 'content-type': 'text/plain; charset=utf-8', ...(etag && { 'if-match': etag }) },
    body: text,
  })
  return response.headers.get('etag') ?? undefined
}

function decodeText(bytes: ArrayBuffer): string | undefined {
  try {
    const text = decoder.decode(bytes)
    return text.includes('\0') ? undefined : text
  } catch {
    return undefined // `fatal` throws for bytes that are not UTF-8: the file is binary
  }
}
