import { createWriteStream, mkdirSync, openSync, renameSync, statSync, type WriteStream } from 'node:fs'
import { once } from 'node:events'
import { dirname } from 'node:path'
import { plainFields, type LogLine } from '../log.ts'

export type LogFile = { write: (line: LogLine) => void; close: () => Promise<void> }

/**
 * Writes lines as JSON to a file, readable by its owner only. A file that is full moves to `<name>.1`, that to `.2` …; the
 * oldest of `kept` is overwritten. A disk that refuses ends logging to the file, not the program.
 */
export function openLogFile(path: string, redact: (text: string) => string, maxBytes = 5_000_000, kept = 4): LogFile {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  let bytes = sizeOf(path)
  let stream = openStream(path)
  const rotate = (): void => {
    stream.end()
    for (let number = kept - 1; number >= 1; number -= 1) renameIfThere(`${path}.${number}`, `${path}.${number + 1}`)
    renameIfThere(path, `${path}.1`)
    bytes = 0
    stream = openStream(path)
  }
  return {
    write({ at, level, message, fields }) {
      if (bytes > maxBytes) rotate()
      const text = `${redact(JSON.stringify({ at, level, message, ...plainFields(fields) }))}\n`
      bytes += Buffer.byteLength(text)
      if (!stream.destroyed) stream.write(text)
    },
    async close() {
      if (stream.destroyed) return
      stream.end()
      await once(stream, 'close')
    },
  }
}

function openStream(path: string): WriteStream {
  const stream = createWriteStream(path, { fd: openSync(path, 'a', 0o600) }) // open by now: it may be renamed at once
  stream.on('error', () => stream.destroy()) // there is nowhere to say it
  return stream
}

const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0

function renameIfThere(from: string, to: string): void {
  if (statSync(from, { throwIfNoEntry: false })) renameSync(from, to)
}
