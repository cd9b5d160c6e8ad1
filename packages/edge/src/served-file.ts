import { must } from '@overskill/protocol'
import { blobRef, type BlobRef } from './blob-cache.ts'
import type { Encoding } from './content-encoding.ts'
import { headerLines, type HeaderLines } from './header-lines.ts'
import type { StoredFile } from './manifest.ts'
import type { SecurityHeaders } from './security-headers.ts'

/** One coded form of a file, with every header line of its answers made beforehand. */
export type Form = {
  /** Where its bytes are, unless the file holds them itself. */
  blob: BlobRef
  /** Strong, and another one for each form. */
  tag: string
  bytes: number
  /** Headers of a part of it (206), without length and range. */
  partHeaders: HeaderLines
  /** Headers of the whole of it (200). */
  headers: HeaderLines
  /** Headers of "you have it" (304). */
  notModifiedHeaders: HeaderLines
}

/** A file as one site serves it. Its forms are made when they are first asked for. */
export type ServedFile = {
  /** Names the content: the blob's hash, or what the injected page is a function of. Tags are made of it. */
  name: string
  type: string
  cacheControl: string
  /** Security header lines of the site. */
  security: HeaderLines
  /** Bytes of each form there is. */
  sizes: Readonly<Partial<Record<Encoding, number>>>
  /** Bodies that are in no blob (the injected page). */
  bodies?: Readonly<Partial<Record<Encoding, Buffer>>>
  forms: Partial<Record<Encoding, Form>>
}

const immutableCaching = 'public, max-age=31536000, immutable'
export const revalidatedCaching = 'no-cache'

const isCoded = (file: ServedFile) => file.sizes.br !== undefined || file.sizes.gzip !== undefined

/** The form of a file in an encoding that it has. */
export function formOf(file: ServedFile, encoding: Encoding): Form {
  return (file.forms[encoding] ??= makeForm(file, encoding))
}

function makeForm(file: ServedFile, encoding: Encoding): Form {
  const bytes = must(file.sizes[encoding], `The ${encoding} form`)
  const tag = encoding === 'identity' ? `"${file.name}"` : `"${file.name}-${encoding}"`
  const validity = { ETag: tag, 'Cache-Control': file.cacheControl, ...(isCoded(file) && { Vary: 'Accept-Encoding' }) }
  const described = {
    'Content-Type': withCharset(file.type),
    ...validity,
    'Accept-Ranges': 'bytes',
    ...(encoding !== 'identity' && { 'Content-Encoding': encoding }),
  }
  const partHeaders = [...headerLines(described), ...file.security]
  return {
    blob: blobRef(file.name, encoding),
    tag,
    bytes,
    partHeaders,
    headers: [...partHeaders, 'Content-Length', String(bytes)],
    notModifiedHeaders: headerLines(validity),
  }
}

/** Text is UTF-8 here: the builder decodes sources as such. */
const withCharset = (type: string): string =>
  /^(?:text\/|application\/(?:javascript|json|manifest\+json|xml)|image\/svg\+xml)/.test(type) &&
  !type.includes('charset')
    ? `${type}; charset=utf-8`
    : type

/** Whether a path can only ever name one content. Vendor chunks (`/_v/`) are named by their hash. */
export const isImmutable = (file: StoredFile) => file.immutable || file.path.startsWith('/_v/')

/** A stored file as a site serves it. */
export function serveStored(file: StoredFile, security: SecurityHeaders): ServedFile {
  const isPage = file.type.startsWith('text/html')
  return {
    name: file.hash,
    type: file.type,
    cacheControl: isImmutable(file) && !isPage ? immutableCaching : revalidatedCaching,
    security: isPage ? [...security.always, ...security.page] : security.always,
    sizes: { identity: file.bytes, ...file.coded },
    forms: {},
  }
}
