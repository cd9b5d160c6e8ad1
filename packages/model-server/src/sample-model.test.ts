import Anthropic from '@anthropic-ai/sdk'
import { expect, test } from 'vitest'
import { sampleModelId, startSampleModel } from './index.ts'

const prompt = 'A reading list for my book club with title, author and rating, in green'
const ask = { model: sampleModelId, max_tokens: 32_000, messages: [{ role: 'user' as const, content: prompt }] }
const client = (url: string) => new Anthropic({ baseURL: url, apiKey: 'any', maxRetries: 0 })

async function bytesOf(url: string) {
  const response = await fetch(`${url}/v1/messages`, {
    method: 'POST',
    headers: { 'x-api-key': 'any' },
    body: JSON.stringify({ ...ask, stream: true }),
  })
  return response.text()
}

test('the real client reads the first step: a sentence, then calls that are complete', async () => {
  await using model = await startSampleModel({ pace: 'instant' })
  const whole = await client(model.url).messages.stream(ask).finalMessage()
  expect(whole.content.map((block) => (block.type === 'tool_use' ? block.name : block.type))).toEqual([
    'text',
    'rename-app',
    'os-plan',
    'os-view',
    'os-view',
  ])
  expect(whole.content[1]).toMatchObject({ input: { name: 'Reading list' } })
  expect(whole.stop_reason).toBe('tool_use')
  expect(whole.usage.output_tokens).toBeGreaterThan(100)
})

test('the same request gets the same bytes, from two servers too, at any pace', async () => {
  await using one = await startSampleModel({ pace: 'instant' })
  await using two = await startSampleModel({ pace: 'fast' })
  const first = await bytesOf(one.url)
  expect(await bytesOf(one.url)).toBe(first)
  expect(await bytesOf(two.url)).toBe(first)
})

test('tool input comes in pieces of 5 to 12 characters, after a ping, and without thinking', async () => {
  await using model = await startSampleModel({ pace: 'instant' })
  const words = await bytesOf(model.url)
  const pieces = [...words.matchAll(/"partial_json":("(?:[^"\\]|\\.)*")/g)].map(
    ([, json]) => JSON.parse(json!) as string,
  )
  expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThanOrEqual(12)
  expect(words).toContain('event: ping')
  expect(words).not.toContain('thinking')
})

test('the model is listed', async () => {
  await using model = await startSampleModel({ pace: 'instant' })
  const ids: string[] = []
  for await (const one of client(model.url).models.list()) ids.push(one.id)
  expect(ids).toEqual([sampleModelId])
})

test('a client that leaves ends its reply, and close does not wait for a slow one', async () => {
  const model = await startSampleModel({ pace: 'realistic' })
  const stream = client(model.url).messages.stream(ask)
  const failed = expect(stream.done()).rejects.toThrow()
  await stream.emitted('connect')
  await model.close()
  await failed
})
