import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'

/** What a turn was asked, as the recorder keeps it beside its streams. */
export const RecordedTurn = z.object({
  id: z.string().min(1).max(100),
  model: z.string().max(200), // provider/model
  mode: z.enum(['build', 'plan', 'chat']),
  prompt: z.string().max(1_000_000),
})
export type RecordedTurn = z.infer<typeof RecordedTurn>

const Ms = z.number().min(0) // since the request

/**
 * One line of a recorded request, in the order of time: what was asked, how it was answered, the bytes, the end. Bytes are text
 * where they are whole UTF-8, so that a recording can be read and searched.
 */
export const RecordedLine = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('request'), at: z.iso.datetime(), path: z.string(), body: z.unknown() }),
  z.object({
    kind: z.literal('response'),
    ms: Ms,
    status: z.int().min(100).max(599),
    type: z.string(),
    headers: z.record(z.string(), z.string()),
  }),
  z.object({ kind: z.literal('bytes'), ms: Ms, text: z.string().optional(), base64: z.string().optional() }),
  z.object({ kind: z.literal('end'), ms: Ms, how: z.enum(['done', 'failed', 'cancelled']) }),
])
export type RecordedLine = z.infer<typeof RecordedLine>

/** One request of a turn and its answer. `response` is absent where none came. */
export type RecordedRequest = {
  path: string
  body: unknown
  response: Extract<RecordedLine, { kind: 'response' }> | undefined
  chunks: { ms: number; bytes: Uint8Array }[]
  end: Extract<RecordedLine, { kind: 'end' }>['how']
}

export type Recording = { turn: RecordedTurn; requests: RecordedRequest[] }

/**
 * Reads the folder of one recorded turn.
 *
 * @throws With the file and what is wrong with it: a recording is made by the recorder, or it is none.
 */
export async function readRecording(folder: string): Promise<Recording> {
  const turn = RecordedTurn.parse(JSON.parse(await readFile(join(folder, 'turn.json'), 'utf8')))
  const files = (await readdir(folder)).filter((name) => name.endsWith('.jsonl'))
  const requests = await Promise.all(
    files.map(async (name) => readRequest(await readFile(join(folder, name), 'utf8'), name)),
  )
  return { turn, requests: requests.toSorted((a, b) => a.at.localeCompare(b.at)).map(({ request }) => request) }
}

/** The process may have died while it recorded: then the last line is cut and there is no end. */
function readRequest(text: string, name: string): { at: string; request: RecordedRequest } {
  const whole = text.slice(0, text.lastIndexOf('\n') + 1)
  const lines = whole
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => RecordedLine.parse(JSON.parse(line)))
  const [asked] = lines
  if (asked?.kind !== 'request') throw new Error(`${name} does not begin with a request`)
  return {
    at: asked.at,
    request: {
      path: asked.path,
      body: asked.body,
      response: lines.find((line) => line.kind === 'response'),
      chunks: lines.flatMap((line) => (line.kind === 'bytes' ? [{ ms: line.ms, bytes: bytesOf(line) }] : [])),
      end: lines.find((line) => line.kind === 'end')?.how ?? 'failed',
    },
  }
}

const bytesOf = ({ text = '', base64 }: { text?: string | undefined; base64?: string | undefined }): Uint8Array =>
  base64 === undefined ? new TextEncoder().encode(text) : Buffer.from(base64, 'base64')
