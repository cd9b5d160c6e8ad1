import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { must } from '@overskill/protocol'

/** One reply while it is being written. What it writes goes out at once; each method returns when that was, on `performance.now()`. */
export type Reply = {
  /** Opens the next block and returns its index. */
  text(): number
  tool(name: string): number
  delta(index: number, piece: string): number
  stop(index: number): number
  /** Ends the message, and with it the reply. */
  end(): number
}

export type ReplyScript = (reply: Reply) => Promise<void> | void

/** A model on the Anthropic wire that says when it wrote what: the clock of all figures that begin at the model. */
export type TimedModel = {
  /** What the product is started with. */
  env: Record<string, string>
  /** The answers to the next requests, in order. */
  script(...replies: ReplyScript[]): void
  /** Rejects once a script has failed. */
  failed: Promise<never>
  close(): Promise<void>
}

/** @param rest Answers every request beyond those that were scripted; `body` is the request's JSON. */
export async function startTimedModel(rest?: (body: string) => ReplyScript): Promise<TimedModel> {
  const scripts: ReplyScript[] = []
  const failure = Promise.withResolvers<never>()
  failure.promise.catch(() => undefined) // whoever races it hears of it
  const server = createServer((request, response) => {
    const parts: Buffer[] = []
    // Also reads what nobody asks for, so that the request ends.
    request.on('data', (part: Buffer) => void (rest && parts.push(part)))
    request.on('end', () => {
      if (request.method === 'GET') return void response.end('{"data":[],"has_more":false}')
      const script = must(scripts.shift() ?? rest?.(Buffer.concat(parts).toString()), 'A script for this request')
      play(script, response).catch(failure.reject)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    env: { ANTHROPIC_API_KEY: 'bench', ANTHROPIC_BASE_URL: `http://127.0.0.1:${port}` },
    failed: failure.promise,
    script: (...replies) => void scripts.push(...replies),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function play(script: ReplyScript, response: ServerResponse): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'request-id': 'req_bench' })
  const write = (type: string, fields: object): number => {
    const at = performance.now()
    response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`)
    return at
  }
  const usage = { input_tokens: 1_000, output_tokens: 1 }
  const message = { id: 'msg_bench', type: 'message', role: 'assistant', model: 'bench', content: [], usage }
  write('message_start', { message })
  const tools = new Set<number>()
  let next = 0
  const open = (block: object): number => {
    write('content_block_start', { index: next, content_block: block })
    next += 1
    return next - 1
  }
  const growth = (index: number, piece: string) =>
    tools.has(index) ? { type: 'input_json_delta', partial_json: piece } : { type: 'text_delta', text: piece }
  await script({
    text: () => open({ type: 'text', text: '' }),
    tool(name) {
      tools.add(next)
      return open({ type: 'tool_use', id: `toolu_${performance.now()}_${next}`, name, input: {} })
    },
    delta: (index, piece) => write('content_block_delta', { index, delta: growth(index, piece) }),
    stop: (index) => write('content_block_stop', { index }),
    end() {
      const stop_reason = tools.size > 0 ? 'tool_use' : 'end_turn'
      write('message_delta', { delta: { stop_reason, stop_sequence: null }, usage: { output_tokens: 100 } })
      const at = write('message_stop', {})
      response.end()
      return at
    },
  })
}
