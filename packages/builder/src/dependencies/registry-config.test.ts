import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readRegistryConfig } from './registry-config.ts'
import { openRegistry } from './registry.ts'

const withFile = async (text: string, use: (path: string) => void | Promise<void>): Promise<void> => {
  const dir = await mkdtemp(join(tmpdir(), 'npmrc-'))
  await writeFile(join(dir, 'npmrc'), text)
  await use(join(dir, 'npmrc'))
  await rm(dir, { recursive: true })
}

test('the registry, scopes, proxies and tokens are those that npm is set up with', async () => {
  const text = `; comment
registry = "https://packages.example/npm"
@acme:registry=https://acme.example/
//packages.example/npm/:_authToken=\${TOKEN}
//acme.example/:username=ann
//acme.example/:_password=${Buffer.from('pass').toString('base64')}
https-proxy=http://proxy.example:8080
`
  await withFile(text, (npm_config_userconfig) => {
    const config = readRegistryConfig({ npm_config_userconfig, npm_config_globalconfig: '/nowhere', TOKEN: 'secret' })
    expect(config).toEqual({
      registry: 'https://packages.example/npm/',
      scopes: { '@acme': 'https://acme.example/' },
      auth: {
        '//packages.example/npm/': 'Bearer secret',
        '//acme.example/': `Basic ${Buffer.from('ann:pass').toString('base64')}`,
      },
      proxyEnv: { HTTPS_PROXY: 'http://proxy.example:8080', HTTP_PROXY: undefined, NO_PROXY: undefined },
    })
  })
})

test('variables go before files, and without anything it is the public registry', async () => {
  await withFile('registry=https://file.example/', (npm_config_userconfig) => {
    const env = {
      npm_config_userconfig,
      npm_config_globalconfig: '/nowhere',
      npm_config_registry: 'https://env.example',
    }
    expect(readRegistryConfig(env).registry).toBe('https://env.example/')
  })
  const nothing = readRegistryConfig({ npm_config_userconfig: '/nowhere', npm_config_globalconfig: '/nowhere' })
  expect(nothing).toMatchObject({ registry: 'https://registry.npmjs.org/', scopes: {}, auth: {} })
})

type Heard = { url: string | undefined; headers: IncomingHttpHeaders }

async function listen(answer: (request: Heard) => { status?: number; location?: string; body?: string }) {
  const heard: Heard[] = []
  const server: Server = createServer(({ url, headers }, response) => {
    heard.push({ url, headers })
    const { status = 200, location, body = '' } = answer({ url, headers })
    response.writeHead(status, location ? { location } : {}).end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { heard, server, host: `127.0.0.1:${(server.address() as AddressInfo).port}` }
}

test('a token goes to its own registry only, not where that sends us', async () => {
  const elsewhere = await listen(() => ({ body: 'archive' }))
  const own = await listen(() => ({ status: 302, location: `http://${elsewhere.host}/moved.tgz` }))
  const registry = openRegistry({
    ...{ registry: `http://${own.host}/`, scopes: {}, proxyEnv: {} },
    auth: { [`//${own.host}/`]: 'Bearer secret' },
  })
  const archive = await registry.archive('plain', '1.0.0', { signal: AbortSignal.timeout(10_000) })
  expect(archive.ok && archive.value.content.toString()).toBe('archive')
  expect(own.heard.map(({ url, headers }) => [url, headers.authorization])).toEqual([
    ['/plain/-/plain-1.0.0.tgz', 'Bearer secret'],
  ])
  expect(elsewhere.heard.map(({ headers }) => headers.authorization)).toEqual([undefined])
  registry.close()
  for (const { server } of [own, elsewhere]) server.close()
})

test('a package of a scope is asked of the registry of that scope; all of it goes through the proxy', async () => {
  const proxy = await listen(() => ({ body: '{"name":"@acme/kit","versions":{}}' }))
  const registry = openRegistry({
    ...{ registry: 'http://public.invalid/', scopes: { '@acme': 'http://acme.invalid/npm/' }, auth: {} },
    proxyEnv: { HTTP_PROXY: `http://${proxy.host}`, HTTPS_PROXY: undefined, NO_PROXY: undefined },
  })
  const answer = await registry.document('@acme/kit', AbortSignal.timeout(10_000))
  expect(answer).toMatchObject({ ok: true, value: { name: '@acme/kit' } })
  expect(proxy.heard.map(({ url }) => url)).toContain('http://acme.invalid/npm/@acme%2fkit')
  registry.close()
  proxy.server.close()
})
