import { mkdir, writeFile } from 'node:fs/promises'
import { createWriteStream, type WriteStream } from 'node:fs'
import { join } from 'node:path'
import type { RecordedLine, RecordedTurn } from '@overskill/model-server'

/** Keeps what models send, so that a turn can be played again without them (A14). Never disturbs the turn. */
export type StreamRecorder = {
  /**
   * The `fetch` of one turn's model. Each request goes to a file of its own, named by process and number, so that a turn which
   * goes on in another process adds to the same folder; their order is that of their times.
   */
  fetchOf(turn: RecordedTurn): typeof fetch
}

export type StreamRecorderOptions = {
  /** Made when first needed; one folder a turn, by its id. */
  dir: string
  /** Takes keys out of what is kept. Headers, where keys travel, are not kept at all. */
  redact: (text: string) => string
  onError: (error: unknown) => void
}

export const createStreamRecorder = ({ dir, redact, onError }: StreamRecorderOptions): StreamRecorder => ({
  fetchOf(turn) {
    const folder = join(dir, turn.id)
    let requests = 0
    let opened: Promise<void> | undefined
    const open = async (): Promise<void> => {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      await writeFile(join(folder, 'turn.json'), redact(`${JSON.stringify(turn, null, 2)}\n`), { mode: 0o600 })
    }
    return async (input, init) => {
      opened ??= open()
      const line = await opened.then(
        () =>
          openFile(join(folder, `${process.pid}-${String((requests += 1)).padStart(3, '0')}.jsonl`), redact, onError),
        (error: unknown) => (onError(error), () => {}),
      )
      const since = performance.now()
      const ms = (): number => Math.round(performance.now() - since)
      line({ kind: 'request', at: new Date().toISOString(), path: pathOf(input), body: bodyOf(init?.body) })
      const response = await fetch(input, init).catch((error: unknown) => {
        line({ kind: 'end', ms: ms(), how: 'failed' })
        throw error
      })
      const { status, headers } = response
      line({ kind: 'response', ms: ms(), status, type: headers.get('content-type') ?? '', headers: keptOf(headers) })
      return response.body ? new Response(recorded(response.body, line, ms), response) : response
    }
  },
})

type Line = (line: RecordedLine) => void

/** Appends lines to a new file and closes it after the `end`. A disk that refuses them costs the recording, not the turn. */
function openFile(path: string, redact: (text: string) => string, onError: (error: unknown) => void): Line {
  let file: WriteStream | undefined = createWriteStream(path, { flags: 'wx', mode: 0o600 })
  file.on('error', (error) => {
    file = undefined
    onError(error)
  })
  return (line) => {
    file?.write(`${redact(JSON.stringify(line))}\n`)
    if (line.kind !== 'end') return
    file?.end()
    file = undefined // what a reader still pulled after it had cancelled is not part of what came
  }
}

/** Passes bytes on as they come and notes them with their time. */
function recorded(body: ReadableStream<Uint8Array>, line: Line, ms: () => number): ReadableStream<Uint8Array> {
  const reader = body.getReader()
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await reader.read()
        if (done) {
          line({ kind: 'end', ms: ms(), how: 'done' })
          return controller.close()
        }
        line({ kind: 'bytes', ms: ms(), ...wordsOf(value) })
        controller.enqueue(value)
      } catch (error) {
        line({ kind: 'end', ms: ms(), how: 'failed' })
        controller.error(error)
      }
    },
    cancel(reason) {
      line({ kind: 'end', ms: ms(), how: 'cancelled' })
      return reader.cancel(reason)
    },
  })
}

/** As text where it is whole UTF-8, so that a recording can be read; else in base64, byte for byte. */
function wordsOf(chunk: Uint8Array): { text: string } | { base64: string } {
  try {
    return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(chunk) }
  } catch {
    return { base64: Buffer.from(chunk).toString('base64') } // a character is cut in two here
  }
}

const pathOf = (input: Parameters<typeof fetch>[0]): string =>
  new URL(input instanceof Request ? input.url : String(input)).pathname

const bodyOf = (body: unknown): unknown => (typeof body === 'string' ? (JSON.parse(body) as unknown) : null)

/** What decides how a client waits or trusts; none of them holds a key. */
const keptOf = (headers: Headers): Record<string, string> =>
  Object.fromEntries(
    ['retry-after', 'request-id'].flatMap((name) => (headers.has(name) ? [[name, headers.get(name) ?? '']] : [])),
  )
