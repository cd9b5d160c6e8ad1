import { createGunzip } from 'node:zlib'

/** One file of a package; `path` is below its folder, checked. */
export type PackageFile = { path: string; content: Buffer }

/** What an archive holds, or in words why it is not taken. */
export type ReadArchive = { ok: true; files: PackageFile[] } | { ok: false; detail: string; isTooLarge?: true }

export const archiveLimits = { bytes: 500 * 1024 * 1024, files: 50_000 }

const BLOCK = 512
const MOST_NAME_BYTES = 64 * 1024
const FILE = '0'
const OLD_FILE = '\0'
const PAX = 'x'
const PAX_GLOBAL = 'g'
const LONG_NAME = 'L'
const FOLDER = '5'

/**
 * Reads an archive as npm packs them: gzip around tar, everything below one folder. Only regular files are taken; links and
 * devices are left out, as npm does. A path that leaves the package is a reason to refuse all of it.
 */
export async function readArchive(archive: Buffer, limits = archiveLimits): Promise<ReadArchive> {
  const unpacked = await unpack(archive, limits.bytes)
  if (!unpacked.ok) return unpacked
  const { tar } = unpacked
  const files = new Map<string, PackageFile>()
  let longName: string | null = null
  for (let at = 0; at + BLOCK <= tar.length;) {
    const header = tar.subarray(at, at + BLOCK)
    if (header[0] === 0) break // two empty blocks end it
    const bytes = sizeIn(header)
    const start = at + BLOCK
    if (bytes === null || start + bytes > tar.length || !isChecked(header)) return refuse('it is cut or damaged')
    at = start + Math.ceil(bytes / BLOCK) * BLOCK
    const content = tar.subarray(start, start + bytes)
    const type = String.fromCharCode(header[156] ?? 0)
    if (type === PAX || type === LONG_NAME) {
      if (bytes > MOST_NAME_BYTES) return refuse('a name in it is too long')
      longName = type === PAX ? (paxPath(content) ?? longName) : textOf(content)
      continue
    }
    if (type === PAX_GLOBAL) continue
    const name = longName ?? nameIn(header)
    longName = null
    if (type === FOLDER || (type !== FILE && type !== OLD_FILE)) continue
    if (type === OLD_FILE && name.endsWith('/')) continue
    const path = insidePackage(name)
    if (path === null) return refuse(`a file in it leaves the package ("${name.slice(0, 100)}")`)
    if (path === '') continue
    files.set(path, { path, content })
    if (files.size > limits.files) return refuse(`it has more than ${limits.files} files`)
  }
  if (!files.has('package.json')) return refuse('it has no package.json')
  return { ok: true, files: withoutClashes(files) }
}

/**
 * Bytes that a gzip archive says it unpacks to, in its last four bytes (RFC 1952, 2.3.1). Only what it says: one of several
 * members, or with something after it, unpacks to something else.
 */
export const saidBytes = (archive: Buffer): number =>
  archive.length < 4 ? 0 : archive.readUInt32LE(archive.length - 4)

const PIECE_BYTES = 64 * 1024

/** In pieces, so that a large one leaves turns to the thread pool's other work, and into one place, so that it is there once. */
async function unpack(archive: Buffer, mostBytes: number): Promise<{ ok: true; tar: Buffer } | Refused> {
  const tar = Buffer.allocUnsafeSlow(mostBytes) // takes memory only as far as it is filled
  const gunzip = createGunzip({ chunkSize: PIECE_BYTES })
  gunzip.end(archive)
  let bytes = 0
  try {
    for await (const piece of gunzip as AsyncIterable<Buffer>) {
      if (bytes + piece.length > mostBytes)
        return { ...refuse(`it unpacks to more than ${mostBytes / 1024 / 1024} MB`), isTooLarge: true }
      bytes += piece.copy(tar, bytes)
    }
  } catch {
    return refuse('it is not a gzip archive')
  }
  return { ok: true, tar: tar.subarray(0, bytes) }
}

type Refused = Extract<ReadArchive, { ok: false }>

const refuse = (detail: string): Refused => ({ ok: false, detail })

/** A file where another needs a folder cannot be stored: the later one goes. */
function withoutClashes(files: ReadonlyMap<string, PackageFile>): PackageFile[] {
  return [...files.values()].filter(({ path }) => {
    const parts = path.split('/')
    return parts.every((_, index) => index === 0 || !files.has(parts.slice(0, index).join('/')))
  })
}

/** The path without the folder that everything lies in; empty for what lies beside that; null when it climbs or is absolute. */
function insidePackage(name: string): string | null {
  if (name.startsWith('/') || /[\\\0]/.test(name)) return null
  const parts = name.split('/').filter((part) => part !== '' && part !== '.')
  if (parts.includes('..') || parts.some((part) => Buffer.byteLength(part) > 255)) return null
  return parts.slice(1).join('/')
}

function textOf(field: Buffer): string {
  const end = field.indexOf(0)
  return field.toString('utf8', 0, end === -1 ? field.length : end)
}

function nameIn(header: Buffer): string {
  const isUstar = header.toString('latin1', 257, 262) === 'ustar'
  const prefix = isUstar ? textOf(header.subarray(345, 500)) : ''
  const name = textOf(header.subarray(0, 100))
  return prefix === '' ? name : `${prefix}/${name}`
}

/** Octal digits; or, for very large ones, a number in base 256, which no package needs. */
function sizeIn(header: Buffer): number | null {
  const text = textOf(header.subarray(124, 136)).trim()
  return /^[0-7]{1,12}$/.test(text) ? Number.parseInt(text, 8) : text === '' ? 0 : null
}

/** The sum of the header's bytes, its own field counted as spaces. */
function isChecked(header: Buffer): boolean {
  let sum = 8 * 32
  for (const [index, byte] of header.entries()) if (index < 148 || index >= 156) sum += byte
  return Number.parseInt(textOf(header.subarray(148, 156)).trim(), 8) === sum
}

/** `path` of a pax header: records `length key=value\n`. */
function paxPath(content: Buffer): string | null {
  let path: string | null = null
  for (let at = 0; at < content.length;) {
    const space = content.indexOf(32, at)
    const length = Number(content.toString('latin1', at, space === -1 ? at : space))
    if (!Number.isInteger(length) || length <= 0) return path
    const record = content.toString('utf8', space + 1, at + length - 1)
    if (record.startsWith('path=')) path = record.slice('path='.length)
    at += length
  }
  return path
}
