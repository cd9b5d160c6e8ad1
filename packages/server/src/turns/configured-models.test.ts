import { chatWire, startScriptedModel, text, toolUse } from '@overskill/model-server'
import { expect, test } from 'vitest'
import { createConfiguredModels, type ModelSettings } from './configured-models.ts'

const nowhere = 'http://127.0.0.1:9'

/** Local servers of the machine that runs the tests are none of a test's business. */
const models = ({ providers = {}, ...settings }: Partial<ModelSettings> = {}) =>
  createConfiguredModels({
    providers: { ollama: { baseUrl: `${nowhere}/v1` }, lmstudio: { baseUrl: `${nowhere}/v1` }, ...providers },
    sampleUrl: nowhere,
    ...settings,
  })

test('without a key the sample model is the default and stands first; every provider says what to set or to start', async () => {
  const list = await models().list()
  expect(await models().chosen()).toEqual({ ok: true, value: 'sample/builder' })
  expect(list[0]).toMatchObject({ id: 'sample/builder', available: true })
  const reason = (provider: string) => list.find(({ id }) => id.startsWith(`${provider}/`))?.reason
  expect(list.filter(({ available }) => available)).toHaveLength(1)
  expect(reason('anthropic')).toContain('ANTHROPIC_API_KEY')
  expect(reason('openai')).toMatch(/OPENAI_API_KEY, or OPENAI_BASE_URL/)
  expect(reason('openrouter')).toContain('OPENROUTER_API_KEY')
  expect(reason('ollama')).toMatch(/does not answer .* set OLLAMA_BASE_URL/)
  expect(models().resolve('anthropic/claude-sonnet-5-5')).toMatchObject({ failure: { code: 'invalid' } })
  expect(models().resolve('nobody/x')).toMatchObject({ failure: { detail: expect.stringContaining('no provider') } })
})

test('a key that works makes Anthropic the default, and a model that no list knows can be the default too', async () => {
  await using server = await startScriptedModel([])
  const providers = { anthropic: { apiKey: 'scripted', baseUrl: server.url } }
  const list = await models({ providers }).list()
  expect(list[0]).toMatchObject({ id: 'anthropic/claude-sonnet-5-5', available: true })
  expect(list).toContainEqual(expect.objectContaining({ id: 'anthropic/scripted-1', context: 1_000_000 }))
  const own = models({ providers, model: 'anthropic/own-1' })
  expect((await own.list())[0]).toMatchObject({ id: 'anthropic/own-1', available: true })
  expect(own.resolve('sample')).toEqual({ ok: true, value: 'sample/builder' })
})

test('a key that is refused is said in words, the table stands in for the list, and no word holds the key', async () => {
  await using server = await startScriptedModel([], { key: 'another' })
  const configured = models({ providers: { anthropic: { apiKey: 'sk-secret-key-1234', baseUrl: server.url } } })
  const { status, detail } = await configured.check()
  expect(status).toBe('degraded')
  expect(detail).toContain('rejected the key. Check ANTHROPIC_API_KEY')
  const list = await configured.list()
  expect(list.find(({ id }) => id === 'anthropic/claude-opus-5-5')).toMatchObject({ available: false, reason: detail })
  const tested = await configured.test('anthropic/claude-opus-5-5')
  expect(JSON.stringify([detail, list, tested])).not.toContain('sk-secret-key-1234')
})

test('OPENAI_BASE_URL alone is enough: the first model of its list that can talk is the default, and answers without a key', async () => {
  const names = ['text-embedding-x', 'qwen3-coder:30b', 'gemma']
  await using server = await startScriptedModel([], { wire: chatWire, models: names })
  const configured = models({ providers: { openai: { baseUrl: `${server.url}/v1` } } })
  expect(await configured.chosen()).toEqual({ ok: true, value: 'openai/qwen3-coder:30b' })
  const usable = (await configured.list()).filter(({ available }) => available)
  expect(usable.map(({ id }) => id)).toEqual(['openai/qwen3-coder:30b', 'sample/builder', 'openai/gemma'])
  expect(await configured.check()).toMatchObject({ status: 'ok' })
  expect(configured.open('openai/gemma')).toMatchObject({ value: { id: 'openai/gemma' } })
})

test('where that list cannot be read there is no default, and what is wrong stands first', async () => {
  const configured = models({ providers: { openai: { baseUrl: `${nowhere}/v1` } } })
  expect(await configured.chosen()).toMatchObject({
    failure: { code: 'model_unavailable', detail: expect.stringMatching(/Cannot reach .*OVERSKILL_MODEL/) },
  })
  expect((await configured.list())[0]).toMatchObject({ id: 'openai/any', available: false })
  expect(await configured.check()).toMatchObject({ status: 'degraded' })
})

test('a model named for a server without a list can be used', async () => {
  await using server = await startScriptedModel([])
  const providers = { openai: { baseUrl: `${server.url}/nothing`, apiKey: 'k' } }
  const configured = models({ providers, model: 'openai/own' })
  expect((await configured.list())[0]).toMatchObject({ id: 'openai/own', available: true })
})

test('Ollama is found where it runs, without a key and without being the default', async () => {
  await using server = await startScriptedModel([], { wire: chatWire, models: ['qwen3'] })
  const configured = models({ providers: { ollama: { baseUrl: `${server.url}/v1` } } })
  expect(await configured.list()).toContainEqual(expect.objectContaining({ id: 'ollama/qwen3', available: true }))
  expect(await configured.chosen()).toEqual({ ok: true, value: 'sample/builder' })
})

test('a list is believed for a minute', async () => {
  let now = 0
  const names = ['one']
  await using server = await startScriptedModel([], { wire: chatWire, models: names })
  const configured = models({ providers: { openai: { baseUrl: `${server.url}/v1` } }, now: () => now })
  await configured.list()
  names[0] = 'two'
  now = 60_000
  expect(await configured.chosen()).toEqual({ ok: true, value: 'openai/one' })
  now = 60_001
  expect(await configured.chosen()).toEqual({ ok: true, value: 'openai/two' })
})

test('a test of a connection asks the model itself; two at once are one', async () => {
  const calls = [toolUse('connection-test', { word: 'lighthouse' })]
  await using server = await startScriptedModel([calls, [text('ok')]], { wire: chatWire, models: ['m'] })
  const configured = models({ providers: { openai: { baseUrl: `${server.url}/v1` } } })
  const [one, two] = await Promise.all([configured.test('openai/m'), configured.test('openai/m')])
  expect(one).toMatchObject({
    ok: true,
    steps: [{ name: 'address' }, { name: 'key' }, { name: 'model' }, { name: 'tool' }],
  })
  expect(two).toEqual(one)
  expect(server.requests).toHaveLength(2)
})

test('what is not set up says so when it is tested, and the sample model that there is nothing to connect', async () => {
  expect(await models().test('anthropic/x')).toMatchObject({
    ok: false,
    steps: [{ name: 'key', detail: expect.stringContaining('ANTHROPIC_API_KEY') }],
  })
  expect(await models().test('sample')).toMatchObject({ ok: true })
})
