import { must } from '@overskill/protocol'
import { archiveLimits, readArchive, saidBytes, type PackageFile } from './read-archive.ts'

/** Room for what is unpacked at one time: who takes some waits until it is free, in order. */
export type ByteRoom = {
  /** Takes so many bytes, at most the whole room; what comes back gives them back. */
  take(bytes: number): Promise<() => void>
}

export function createByteRoom(bytes: number): ByteRoom {
  const waiting: { bytes: number; enter: () => void }[] = []
  let free = bytes
  const letIn = (): void => {
    for (let next = waiting[0]; next && next.bytes <= free; next = waiting[0]) {
      waiting.shift()
      free -= next.bytes
      next.enter()
    }
  }
  return {
    async take(asked) {
      const taken = Math.min(asked, bytes)
      const { promise, resolve } = Promise.withResolvers<void>()
      waiting.push({ bytes: taken, enter: resolve })
      letIn()
      await promise
      return () => {
        free += taken
        letIn()
      }
    },
  }
}

export type UnpackLimits = {
  /** Most bytes of files that all packages of an install have. */
  allBytes: number
  /** Of one archive. */
  archive: typeof archiveLimits
  room: ByteRoom
}

type Use<T> = (files: PackageFile[]) => T

/** Shared by all installs of this thread: a heap limit does not count the bytes of buffers. */
const room = createByteRoom(archiveLimits.bytes)

const LIMITS: UnpackLimits = { allBytes: 1024 * 1024 * 1024, archive: archiveLimits, room }

/** `all`: this archive is fine, the install is too large; `stopped`: nobody waits for it any more. */
export type Unpacked<T> = { ok: true; value: T } | { ok: false; kind: 'archive' | 'all' | 'stopped'; detail: string }

/** How the archives of one install are unpacked, in the room and the budget that there is for them. */
export type Unpacking = {
  /** Unpacks one. `use` gets its files and must be done with them when it returns. */
  unpack<T>(archive: Buffer, use: Use<T>): Promise<Unpacked<T>>
  /** Counts a package that was unpacked before, so that an install which was refused is not taken the second time. */
  count<T extends { bytes: number }>(stored: T): Unpacked<T>
}

/** @param signal Once it is aborted nothing more is unpacked. */
export function createUnpacking(signal: AbortSignal, given: Partial<UnpackLimits> = {}): Unpacking {
  const limits = { ...LIMITS, ...given }
  let spent = 0
  let reserved = 0 // for those that are being unpacked: at most so much
  const detail = `These packages unpack to more than ${limits.allBytes / 1024 / 1024} MB in all.`
  const tooLarge: Unpacked<never> = { ok: false, kind: 'all', detail }

  /** Null: it unpacks to more than `bytes`. */
  const unpackIn = async <T>(archive: Buffer, bytes: number, use: Use<T>): Promise<Unpacked<T> | null> => {
    const leave = await limits.room.take(bytes)
    const most = Math.max(0, Math.min(bytes, limits.archive.bytes, limits.allBytes - spent - reserved))
    reserved += most
    try {
      if (signal.aborted) return { ok: false, kind: 'stopped', detail: 'Adding packages was stopped.' }
      const read = await readArchive(archive, { ...limits.archive, bytes: most })
      if (read.ok) {
        spent += read.files.reduce((sum, { content }) => sum + content.length, 0)
        return spent > limits.allBytes ? tooLarge : { ok: true, value: use(read.files) }
      }
      if (!read.isTooLarge || most === limits.archive.bytes) return { ok: false, kind: 'archive', detail: read.detail }
      if (most === bytes) return null
      return tooLarge
    } finally {
      reserved -= most
      leave()
    }
  }

  return {
    async unpack(archive, use) {
      const said = saidBytes(archive)
      const unpacked = said > limits.archive.bytes ? null : await unpackIn(archive, said, use)
      if (unpacked) return unpacked
      const alone = await unpackIn(archive, Infinity, use) // what it says of itself is not so
      return must(alone, 'What there is no more room for')
    },
    count(stored) {
      spent += stored.bytes
      return spent > limits.allBytes ? tooLarge : { ok: true, value: stored }
    },
  }
}
