import { createHash } from 'node:crypto'
import { mkdir, open, readFile, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { assert, must } from '@overskill/protocol'
import { compress, compressions, isCompressible, type Compression, type Encoding } from './content-encoding.ts'
import { syncFolder, writeDurably } from './durable-file.ts'
import { sizeOf } from './file-size.ts'
import type { StoredFile } from './manifest.ts'
import { settleAll } from './settle-all.ts'

/** Blobs on disk: `ab/<sha-256>`, and beside it the coded forms that were worth it. */
export interface BlobFiles {
  has(hash: string): Promise<boolean>
  read(hash: string, encoding: Encoding): Promise<Buffer>
  open(hash: string, encoding: Encoding): Promise<FileHandle>
  /**
   * Writes a file's blob and its coded forms, unless they are there. Throws when there is neither blob nor content, or the
   * content is not what its hash says.
   * @returns Bytes of each coded form.
   */
  write(file: StoredFile, content: Uint8Array | undefined): Promise<StoredFile['coded']>
}

const suffix: Record<Encoding, string> = { identity: '', br: '.br', gzip: '.gz' }

export function openBlobFiles(dir: string, temporaryDir: string): BlobFiles {
  const folderOf = (hash: string) => join(dir, hash.slice(0, 2))
  const pathOf = (hash: string, encoding: Encoding) => join(folderOf(hash), `${hash}${suffix[encoding]}`)
  const has = async (hash: string) => (await sizeOf(pathOf(hash, 'identity'))) !== undefined

  async function codedSizes(hash: string): Promise<StoredFile['coded']> {
    const [br, gzip] = await Promise.all(compressions.map((encoding) => sizeOf(pathOf(hash, encoding))))
    return { ...(br !== undefined && { br }), ...(gzip !== undefined && { gzip }) }
  }

  async function writeCoded(hash: string, bytes: Uint8Array): Promise<StoredFile['coded']> {
    const coded: StoredFile['coded'] = {}
    const writeOne = async (encoding: Compression) => {
      const body = await compress(bytes, encoding)
      if (!body) return
      await writeDurably(pathOf(hash, encoding), body, temporaryDir)
      coded[encoding] = body.byteLength
    }
    await settleAll(compressions.map(writeOne))
    return coded
  }

  return {
    has,
    read: (hash, encoding) => readFile(pathOf(hash, encoding)),
    open: (hash, encoding) => open(pathOf(hash, encoding)),
    async write(file, content) {
      const { hash, path } = file
      if (await has(hash)) return codedSizes(hash)
      const bytes = must(content, `The content of ${path}`)
      assert(createHash('sha256').update(bytes).digest('hex') === hash, `The content of ${path} has its hash`)
      assert(bytes.byteLength === file.bytes, `The content of ${path} has its size`)
      await mkdir(folderOf(hash), { recursive: true, mode: 0o700 })
      const coded = isCompressible(file.type, file.bytes) ? await writeCoded(hash, bytes) : {}
      // Last: a blob that is there has its coded forms beside it.
      await writeDurably(pathOf(hash, 'identity'), bytes, temporaryDir)
      await syncFolder(folderOf(hash))
      return coded
    },
  }
}
