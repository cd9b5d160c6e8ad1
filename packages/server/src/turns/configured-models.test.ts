import { startScriptedModel } from '@overskill/model-server'
import { expect, test } from 'vitest'
import { createConfiguredModels } from './configured-models.ts'

const sampleUrl = 'http://127.0.0.1:9'

test('without a key the sample model is the default and stands first; the others say what to set', async () => {
  const models = createConfiguredModels({ anthropic: {}, sampleUrl })
  const [first, second] = await models.list()
  expect(models.defaultId).toBe('sample/builder')
  expect(first).toMatchObject({ id: 'sample/builder', available: true })
  expect(second).toMatchObject({ available: false, reason: expect.stringContaining('ANTHROPIC_API_KEY') })
  expect(models.resolve('anthropic/claude-sonnet-5-5')).toMatchObject({ failure: { code: 'invalid' } })
})

test('a key that works makes Anthropic the default, and a model that no table knows can be the default too', async () => {
  await using server = await startScriptedModel([])
  const anthropic = { apiKey: 'scripted', baseUrl: server.url }
  expect((await createConfiguredModels({ anthropic, sampleUrl }).list())[0]).toMatchObject({
    id: 'anthropic/claude-sonnet-5-5',
    available: true,
  })
  const own = createConfiguredModels({ anthropic, sampleUrl, model: 'anthropic/own-1' })
  expect((await own.list())[0]).toMatchObject({ id: 'anthropic/own-1', available: true })
  expect(own.resolve('sample')).toEqual({ ok: true, value: 'sample/builder' })
})

test('a key that is refused is said in words, and none of them holds the key', async () => {
  const anthropic = { apiKey: 'sk-secret-key-1234', baseUrl: 'http://127.0.0.1:9' }
  const models = createConfiguredModels({ anthropic, sampleUrl })
  const { status, detail } = await models.check()
  expect(status).toBe('degraded')
  expect(JSON.stringify([detail, await models.list()])).not.toContain('sk-secret-key-1234')
})
