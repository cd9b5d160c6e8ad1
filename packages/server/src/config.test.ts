import { expect, test } from 'vitest'
import { readConfig } from './config.ts'

const read = (env: Record<string, string>) => readConfig(env, '/work')

test('nothing set gives the defaults, on loopback only', () => {
  expect(read({})).toEqual({
    hosts: ['127.0.0.1', '::1'],
    port: 4000,
    domains: { studio: 'localhost', apps: 'localhost' },
    publicUrl: 'http://localhost:4000',
    dataDir: '/work/data',
    providers: {},
    roles: ['web', 'worker', 'builder'],
    logLevel: 'info',
    secrets: [],
  })
})

test('a process has some of the roles only where it can reach those that have the others', () => {
  const fleet = { DATABASE_URL: 'postgres://db.example.com/overskill', REDIS_URL: 'redis://redis.example.com' }
  expect(read({ ...fleet, OVERSKILL_ROLES: 'builder, worker' }).roles).toEqual(['worker', 'builder'])
  expect(read({ OVERSKILL_ROLES: 'web,worker,builder' }).roles).toEqual(['web', 'worker', 'builder'])
  expect(() => read({ ...fleet, OVERSKILL_ROLES: 'web,cook' })).toThrow(
    'OVERSKILL_ROLES is "web,cook"; it takes some of web, worker and builder, with commas between them.',
  )
  expect(() => read({ OVERSKILL_ROLES: 'web', DATABASE_URL: fleet.DATABASE_URL })).toThrow(
    'OVERSKILL_ROLES is "web"; without worker and builder it takes DATABASE_URL and REDIS_URL as well',
  )
})

test('an empty variable counts as absent', () => {
  const empty = { PORT: '', OVERSKILL_MODEL: '', REDIS_URL: '', DATABASE_URL: '', OVERSKILL_AUTH: '', HOST: '' }
  expect(read(empty)).toEqual(read({}))
})

test('what is set is taken', () => {
  const config = read({
    HOST: '::1',
    PORT: '5001',
    OVERSKILL_DOMAIN: 'build.example.com',
    OVERSKILL_APPS_DOMAIN: 'example-apps.net',
    OVERSKILL_PUBLIC_URL: 'https://build.example.com/',
    OVERSKILL_DATA_DIR: '/var/lib/overskill',
    ANTHROPIC_API_KEY: 'key-of-mine',
    ANTHROPIC_BASE_URL: 'http://127.0.0.1:9/v1',
    OPENAI_API_KEY: 'key-of-openai',
    OPENAI_BASE_URL: 'http://127.0.0.1:8/v1',
    OPENROUTER_API_KEY: 'key-of-router',
    OLLAMA_BASE_URL: 'http://192.168.1.4:11434/v1',
    LMSTUDIO_BASE_URL: 'http://127.0.0.1:7/v1',
    OVERSKILL_MODEL: 'sample',
    DATABASE_URL: 'postgres://me:pass%20word@db.example.com/overskill',
    REDIS_URL: 'rediss://:redis%20word@redis.example.com:6379/2',
    OVERSKILL_SECRET: 's'.repeat(32),
    OVERSKILL_LOG: 'debug',
    OVERSKILL_TRUST_PROXY: '0',
    OVERSKILL_AUTH: 'none',
  })
  expect(config).toMatchObject({
    hosts: ['::1'],
    port: 5001,
    domains: { studio: 'build.example.com', apps: 'example-apps.net' },
    publicUrl: 'https://build.example.com',
    dataDir: '/var/lib/overskill',
    providers: {
      anthropic: { apiKey: 'key-of-mine', baseUrl: 'http://127.0.0.1:9/v1' },
      openai: { apiKey: 'key-of-openai', baseUrl: 'http://127.0.0.1:8/v1' },
      openrouter: { apiKey: 'key-of-router' },
      ollama: { baseUrl: 'http://192.168.1.4:11434/v1' },
      lmstudio: { baseUrl: 'http://127.0.0.1:7/v1' },
    },
    model: 'sample',
    redisUrl: 'rediss://:redis%20word@redis.example.com:6379/2',
    logLevel: 'debug',
    secrets: [
      'key-of-mine',
      'key-of-openai',
      'key-of-router',
      's'.repeat(32),
      ...['pass word', 'pass%20word', 'redis word', 'redis%20word'],
    ],
  })
})

test.each([
  [{ PORT: 'abc' }, 'PORT is "abc"; it takes a number from 1 to 65535.'],
  [{ PORT: '0' }, 'PORT is "0"; it takes a number from 1 to 65535.'],
  [{ PORT: '65536' }, 'PORT is "65536"; it takes'],
  [{ PORT: '-1' }, 'PORT is "-1"; it takes'],
  [{ PORT: '4000.5' }, 'PORT is "4000.5"; it takes'],
  [{ HOST: 'nowhere.example' }, 'HOST is "nowhere.example"; it takes a loopback address'],
  [{ HOST: '0.0.0.0' }, 'HOST is set to "0.0.0.0", but signing in is not built yet'],
  [{ HOST: '192.168.1.4' }, 'HOST is set to "192.168.1.4", but signing in is not built yet'],
  [{ HOST: '::' }, 'HOST is set to "::", but signing in is not built yet'],
  [{ OVERSKILL_DOMAIN: 'a_b' }, 'OVERSKILL_DOMAIN is "a_b"; it takes a host name'],
  [{ OVERSKILL_DOMAIN: 'https://x.example' }, 'OVERSKILL_DOMAIN is "https://x.example"; it takes a host name'],
  [
    { OVERSKILL_DOMAIN: 'build.example.com' },
    'OVERSKILL_APPS_DOMAIN is not set; with OVERSKILL_DOMAIN "build.example.com"',
  ],
  [
    { OVERSKILL_DOMAIN: 'example.com', OVERSKILL_APPS_DOMAIN: 'example.com' },
    'OVERSKILL_APPS_DOMAIN is "example.com"; it takes',
  ],
  [
    { OVERSKILL_DOMAIN: 'example.com', OVERSKILL_APPS_DOMAIN: 'apps.example.com' },
    'OVERSKILL_APPS_DOMAIN is "apps.example.com"',
  ],
  [
    { OVERSKILL_DOMAIN: 'a.example.com', OVERSKILL_APPS_DOMAIN: 'example.com' },
    'OVERSKILL_APPS_DOMAIN is "example.com"',
  ],
  [
    { OVERSKILL_DOMAIN: 'a.example.com', OVERSKILL_APPS_DOMAIN: 'b.example.com' },
    'OVERSKILL_APPS_DOMAIN is "b.example.com"',
  ],
  [{ OVERSKILL_DOMAIN: 'a.x.co.uk', OVERSKILL_APPS_DOMAIN: 'b.x.co.uk' }, 'OVERSKILL_APPS_DOMAIN is "b.x.co.uk"'],
  [{ OVERSKILL_PUBLIC_URL: 'localhost:4000' }, 'OVERSKILL_PUBLIC_URL is "localhost:4000"; it takes the address'],
  [{ OVERSKILL_PUBLIC_URL: 'http://localhost/path' }, 'OVERSKILL_PUBLIC_URL is "http://localhost/path"; it takes'],
  [
    { OVERSKILL_PUBLIC_URL: 'http://other.example' },
    'OVERSKILL_PUBLIC_URL is "http://other.example"; its host must be',
  ],
  [{ OVERSKILL_TRUST_PROXY: '1' }, 'OVERSKILL_TRUST_PROXY is set to "1", but trusting proxies is not built yet'],
  [{ OVERSKILL_TRUST_PROXY: 'yes' }, 'OVERSKILL_TRUST_PROXY is "yes"; it takes a number'],
  [{ ANTHROPIC_API_KEY: 'with space' }, 'ANTHROPIC_API_KEY is a value of 10 characters (not shown); it takes'],
  [{ ANTHROPIC_BASE_URL: 'ftp://x' }, 'ANTHROPIC_BASE_URL is "ftp://x"; it takes an http'],
  [{ OPENAI_API_KEY: 's k' }, 'OPENAI_API_KEY is a value of 3 characters (not shown); it takes a key without spaces'],
  [{ OPENAI_BASE_URL: 'localhost:11434' }, 'OPENAI_BASE_URL is "localhost:11434"; it takes an http or https address'],
  [{ OPENAI_BASE_URL: 'http://me:pw@x' }, 'OPENAI_BASE_URL is "http://me:pw@x"; it takes an http'],
  [{ OPENROUTER_API_KEY: 'ö' }, 'OPENROUTER_API_KEY is a value of 1 characters (not shown); it takes'],
  [
    { OLLAMA_BASE_URL: 'x' },
    'OLLAMA_BASE_URL is "x"; it takes an http or https address such as http://127.0.0.1:11434',
  ],
  [{ LMSTUDIO_BASE_URL: 'x' }, 'LMSTUDIO_BASE_URL is "x"; it takes'],
  [{ OVERSKILL_MODEL: 'no model' }, 'OVERSKILL_MODEL is "no model"; it takes provider/model'],
  [{ OVERSKILL_MODEL: 'anthropic' }, 'OVERSKILL_MODEL is "anthropic"; it takes provider/model'],
  [
    { OVERSKILL_MODEL: 'gemini/pro' },
    'OVERSKILL_MODEL is set to "gemini/pro", but there is no such provider. Providers: sample, anthropic, openai, openrouter, ollama, lmstudio.',
  ],
  [
    { REDIS_URL: 'redis://:50%@db/1' },
    'REDIS_URL is set to a value of 17 characters (not shown), but it has a "%" that encodes nothing. Write a "%" of a password as "%25".',
  ],
  [
    { DATABASE_URL: 'mysql://x:secret@y/z' },
    'DATABASE_URL is a value of 20 characters (not shown); it takes a Postgres address',
  ],
  [{ REDIS_URL: 'http://:secret@x' }, 'REDIS_URL is a value of 16 characters (not shown); it takes a Redis address'],
  [
    { CLOUDFLARE_API_TOKEN: 't' },
    'CLOUDFLARE_API_TOKEN is set to a value of 1 characters (not shown), but deploying to Cloudflare',
  ],
  [{ CLOUDFLARE_ACCOUNT_ID: 't' }, 'CLOUDFLARE_ACCOUNT_ID is set to "t", but deploying to Cloudflare'],
  [{ CLOUDFLARE_API_BASE_URL: 'http://x' }, 'CLOUDFLARE_API_BASE_URL is set to "http://x", but'],
  [{ OVERSKILL_AUTH: 'required' }, 'OVERSKILL_AUTH is set to "required", but signing in is not built yet'],
  [{ OVERSKILL_AUTH: 'maybe' }, 'OVERSKILL_AUTH is "maybe"; it takes none'],
  [{ OVERSKILL_SECRET: 'short' }, 'OVERSKILL_SECRET is a value of 5 characters (not shown); it takes at least 32'],
  [{ OVERSKILL_LOG: 'loud' }, 'OVERSKILL_LOG is "loud"; it takes error, warn, info or debug.'],
  [{ OVERSKILL_DATA_DIR: 'a\0b' }, 'OVERSKILL_DATA_DIR is "a\\u0000b"; it takes a path'],
])('%j stops the start with one line', (env, line) => {
  let message = ''
  try {
    read(env as Record<string, string>)
  } catch (error) {
    message = (error as Error).message
  }
  expect(message.startsWith(line), message).toBe(true)
  expect(message).not.toContain('\n')
})

test('a password with a stray "%" is one for PostgreSQL, and no secret that a log shows', () => {
  const { databaseUrl, secrets } = read({ DATABASE_URL: 'postgres://me:50%@db/x' })
  expect(databaseUrl).toBe('postgres://me:50%@db/x')
  expect(secrets).toContain('50%')
})
