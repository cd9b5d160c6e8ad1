import { once } from 'node:events'
import { request, type IncomingMessage } from 'node:http'
import { createSseReader } from './sse-frames.ts'
import type { TimedModel } from './timed-model.ts'

/** One request to the model for each body, all at once and with nothing between: how old each word of text was when it came, in ms. */
export async function agesStraight(model: TimedModel, bodies: readonly string[]): Promise<number[]> {
  const ages = await Promise.all(bodies.map((body) => agesOfReply(model, body)))
  return ages.flat()
}

async function agesOfReply(model: TimedModel, body: string): Promise<number[]> {
  const sent = request(`${model.env['ANTHROPIC_BASE_URL']}/v1/messages`, { method: 'POST', agent: false })
  sent.end(body)
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  const ages: number[] = []
  let at = 0
  const read = createSseReader(({ name, data }) => {
    if (name !== 'content_block_delta') return
    const { delta } = JSON.parse(data) as { delta: { type: string; text?: string } }
    if (delta.type === 'text_delta' && delta.text) ages.push(at - Number.parseFloat(delta.text))
  })
  response.setEncoding('utf8').on('data', (text: string) => {
    at = performance.now()
    read(text)
  })
  await once(response, 'end')
  return ages
}
