import { isIP } from 'node:net'
import { resolve } from 'node:path'
import { type ProviderName, providerNames } from '@overskill/agent'
import { isLoopbackName, ModelId, type Domains } from '@overskill/protocol'
import { z } from 'zod'
import { StartRefused } from './life/start-refused.ts'
import { type Role, roleNames } from './dispatch/wakeup.ts'
import { sharesSite } from './life/registrable-domain.ts'

/** Everything that the environment decides (API.md "Environment"), read once at the start. */
export type Config = {
  /** Addresses to listen at, loopback only. */
  hosts: string[]
  port: number
  domains: Domains
  /** The studio's origin as browsers see it: scheme, host and port, no trailing slash. */
  publicUrl: string
  /** Absolute path of everything that lasts. */
  dataDir: string
  /** Where models are asked, as far as the environment names it: keys, and addresses other than the usual ones. */
  providers: Partial<Record<ProviderName, { apiKey?: string; baseUrl?: string }>>
  /** `provider/model`, or `sample`; absent: the first provider that has a key. */
  model?: string
  /** Absent: the embedded PostgreSQL. */
  databaseUrl?: string
  /** What this process does: all of it, unless it is one of several on the same database and Redis. */
  roles: Role[]
  /** Absent: work is started, and readers are woken, within this process. */
  redisUrl?: string
  /** Key for sessions and encryption; absent: made when first needed. */
  secret?: string
  logLevel: 'error' | 'warn' | 'info' | 'debug'
  /** Where models' streams are kept, to be played again; absent: nowhere. */
  recordDir?: string
  /** Values that no log line may show. */
  secrets: string[]
}

const hostName = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/

const webAddress = z.string().refine((value) => {
  const url = URL.parse(value)
  return url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.search === '' && url.hash === ''
})
const key = z.string().regex(/^[\x21-\x7e]+$/)
const path = z.string().refine((value) => !value.includes('\0'))
const origin = webAddress.refine((value) => URL.parse(value)?.pathname === '/')

/** A variable whose feature does not exist yet: refused, never ignored. */
const notBuilt = (feature: string) => z.undefined({ error: () => `!${feature} is not built yet. Unset it.` })

const providers: readonly string[] = ['sample', ...providerNames]

const strayPercent = '!it has a "%" that encodes nothing. Write a "%" of a password as "%25".'

function isDecodable(value: string): boolean {
  try {
    return decodeURIComponent(value) !== ''
  } catch {
    return false
  }
}

const Environment = z.object({
  HOST: z
    .string()
    .refine((value) => value === 'localhost' || isIP(value) > 0)
    .refine((value) => isIP(value) === 0 || isLoopbackName(value), {
      error: () =>
        '!signing in is not built yet, so OverSkill listens on loopback addresses only. Unset it; from another machine use: ssh -L 4000:localhost:4000 <this machine>',
    })
    .optional(),
  PORT: z
    .string()
    .regex(/^\d{1,5}$/)
    .transform(Number)
    .refine((port) => port >= 1 && port <= 65_535)
    .optional(),
  OVERSKILL_DOMAIN: z.string().toLowerCase().regex(hostName).optional(),
  OVERSKILL_APPS_DOMAIN: z.string().toLowerCase().regex(hostName).optional(),
  OVERSKILL_PUBLIC_URL: origin.optional(),
  OVERSKILL_TRUST_PROXY: z
    .string()
    .regex(/^\d{1,2}$/)
    .refine((value) => Number(value) === 0, { error: () => '!trusting proxies is not built yet. Unset it.' })
    .optional(),
  OVERSKILL_DATA_DIR: path.optional(),
  ANTHROPIC_API_KEY: key.optional(),
  ANTHROPIC_BASE_URL: webAddress.optional(),
  OPENAI_API_KEY: key.optional(),
  OPENAI_BASE_URL: webAddress.optional(),
  OPENROUTER_API_KEY: key.optional(),
  OLLAMA_BASE_URL: webAddress.optional(),
  LMSTUDIO_BASE_URL: webAddress.optional(),
  OVERSKILL_MODEL: ModelId.refine((value) => value === 'sample' || value.includes('/'))
    .refine((value) => providers.includes(value.split('/')[0] ?? ''), {
      error: () => `!there is no such provider. Providers: ${providers.join(', ')}.`,
    })
    .optional(),
  DATABASE_URL: z
    .string()
    .refine((value) => /^postgres(ql)?:$/.test(URL.parse(value)?.protocol ?? ''))
    .optional(),
  REDIS_URL: z
    .string()
    .refine((value) => /^rediss?:$/.test(URL.parse(value)?.protocol ?? ''))
    .refine(isDecodable, { error: () => strayPercent })
    .optional(),
  CLOUDFLARE_API_TOKEN: notBuilt('deploying to Cloudflare'),
  CLOUDFLARE_ACCOUNT_ID: notBuilt('deploying to Cloudflare'),
  CLOUDFLARE_API_BASE_URL: notBuilt('deploying to Cloudflare'),
  OVERSKILL_AUTH: z
    .enum(['none', 'required'])
    .refine((value) => value === 'none', { error: () => '!signing in is not built yet. Unset it.' })
    .optional(),
  OVERSKILL_SECRET: z.string().min(32).optional(),
  OVERSKILL_LOG: z.enum(['error', 'warn', 'info', 'debug']).optional(),
  OVERSKILL_RECORD: path.optional(),
  OVERSKILL_ROLES: z
    .string()
    .transform((value) => value.split(',').map((name) => name.trim()))
    .pipe(z.array(z.enum(roleNames)))
    .optional(),
})

type Variable = keyof typeof Environment.shape

/** What each variable takes, in the words of the refusal. */
const takes: Record<Variable, string> = {
  HOST: 'a loopback address: 127.0.0.1, ::1 or localhost',
  PORT: 'a number from 1 to 65535',
  OVERSKILL_DOMAIN: 'a host name such as build.example.com',
  OVERSKILL_APPS_DOMAIN: 'a host name such as example-apps.com',
  OVERSKILL_PUBLIC_URL: 'the address of the studio without a path, such as https://build.example.com',
  OVERSKILL_TRUST_PROXY: 'a number of proxies, such as 0',
  OVERSKILL_DATA_DIR: 'a path',
  ANTHROPIC_API_KEY: 'a key without spaces',
  ANTHROPIC_BASE_URL: 'an http or https address such as https://api.anthropic.com',
  OPENAI_API_KEY: 'a key without spaces',
  OPENAI_BASE_URL: 'an http or https address such as https://api.openai.com/v1',
  OPENROUTER_API_KEY: 'a key without spaces',
  OLLAMA_BASE_URL: 'an http or https address such as http://127.0.0.1:11434/v1',
  LMSTUDIO_BASE_URL: 'an http or https address such as http://127.0.0.1:1234/v1',
  OVERSKILL_MODEL: 'provider/model, such as anthropic/claude-sonnet-4-5, or sample',
  DATABASE_URL: 'a Postgres address such as postgres://user:password@host:5432/database',
  REDIS_URL: 'a Redis address such as redis://:password@host:6379',
  CLOUDFLARE_API_TOKEN: 'nothing yet',
  CLOUDFLARE_ACCOUNT_ID: 'nothing yet',
  CLOUDFLARE_API_BASE_URL: 'nothing yet',
  OVERSKILL_AUTH: 'none',
  OVERSKILL_SECRET: 'at least 32 characters',
  OVERSKILL_LOG: 'error, warn, info or debug',
  OVERSKILL_RECORD: 'the path of a folder',
  OVERSKILL_ROLES: 'some of web, worker and builder, with commas between them',
}

const secretVariables: ReadonlySet<Variable> = new Set([
  'ANTHROPIC_API_KEY',
  'OPENAI_API_KEY',
  'OPENROUTER_API_KEY',
  'CLOUDFLARE_API_TOKEN',
  'OVERSKILL_SECRET',
  'DATABASE_URL',
  'REDIS_URL',
])

/**
 * Reads the environment. An empty variable counts as absent.
 *
 * @param cwd What a relative data dir starts from.
 * @throws StartRefused with one line that names the variable, what it got and what it takes.
 */
export function readConfig(env: NodeJS.ProcessEnv, cwd: string): Config {
  const given = Object.fromEntries(Object.keys(takes).map((name) => [name, env[name] || undefined]))
  const parsed = Environment.safeParse(given)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    throw new StartRefused(refusal(String(issue?.path[0]) as Variable, given, issue?.message ?? ''))
  }
  return configOf(parsed.data, cwd)
}

function refusal(name: Variable, given: Record<string, string | undefined>, message: string): string {
  if (message.startsWith('!')) return `${name} is set to ${shown(name, given[name])}, but ${message.slice(1)}`
  return `${name} is ${shown(name, given[name])}; it takes ${takes[name]}.`
}

const shown = (name: Variable, value = ''): string =>
  secretVariables.has(name) ? `a value of ${value.length} characters (not shown)` : JSON.stringify(value)

type Values = z.infer<typeof Environment>

function configOf(values: Values, cwd: string): Config {
  const port = values.PORT ?? 4000
  const domains = domainsOf(values)
  const publicUrl = (values.OVERSKILL_PUBLIC_URL ?? `http://${domains.studio}:${port}`).replace(/\/$/, '')
  if (new URL(publicUrl).hostname !== domains.studio) {
    throw new StartRefused(
      `OVERSKILL_PUBLIC_URL is "${publicUrl}"; its host must be OVERSKILL_DOMAIN, which is "${domains.studio}".`,
    )
  }
  return {
    hosts: hostsOf(values.HOST),
    port,
    domains,
    publicUrl: new URL(publicUrl).origin,
    dataDir: resolve(cwd, values.OVERSKILL_DATA_DIR ?? 'data'),
    providers: providersOf(values),
    ...(values.OVERSKILL_MODEL && { model: values.OVERSKILL_MODEL }),
    ...(values.DATABASE_URL && { databaseUrl: values.DATABASE_URL }),
    roles: rolesOf(values),
    ...(values.REDIS_URL && { redisUrl: values.REDIS_URL }),
    ...(values.OVERSKILL_SECRET && { secret: values.OVERSKILL_SECRET }),
    logLevel: values.OVERSKILL_LOG ?? 'info',
    ...(values.OVERSKILL_RECORD && { recordDir: resolve(cwd, values.OVERSKILL_RECORD) }),
    secrets: secretsOf(values),
  }
}

function providersOf(values: Values): Config['providers'] {
  const given: Config['providers'] = {}
  const set = (name: ProviderName, apiKey?: string, baseUrl?: string): void => {
    if (apiKey || baseUrl) given[name] = { ...(apiKey && { apiKey }), ...(baseUrl && { baseUrl }) }
  }
  set('anthropic', values.ANTHROPIC_API_KEY, values.ANTHROPIC_BASE_URL)
  set('openai', values.OPENAI_API_KEY, values.OPENAI_BASE_URL)
  set('openrouter', values.OPENROUTER_API_KEY)
  set('ollama', undefined, values.OLLAMA_BASE_URL)
  set('lmstudio', undefined, values.LMSTUDIO_BASE_URL)
  return given
}

/** Some of the roles make sense only where other processes have the rest, and can be told. */
function rolesOf({ OVERSKILL_ROLES: roles, DATABASE_URL: database, REDIS_URL: redis }: Values): Role[] {
  if (roles === undefined || roleNames.every((name) => roles.includes(name))) return [...roleNames]
  if (database && redis) return roleNames.filter((name) => roles.includes(name))
  throw new StartRefused(
    `OVERSKILL_ROLES is ${JSON.stringify(roles.join(','))}; without ${roleNames.filter((name) => !roles.includes(name)).join(' and ')} it takes DATABASE_URL and REDIS_URL as well, over which this process reaches the others.`,
  )
}

const hostsOf = (host: string | undefined): string[] =>
  host === undefined || host === 'localhost' ? ['127.0.0.1', '::1'] : [host]

/** Studio and apps never share a site: cookies and requests of one would reach the other (AD11). */
function domainsOf(values: Values): Domains {
  const studio = values.OVERSKILL_DOMAIN ?? 'localhost'
  const apps = values.OVERSKILL_APPS_DOMAIN ?? (studio === 'localhost' ? 'localhost' : undefined)
  if (apps === undefined) {
    throw new StartRefused(
      `OVERSKILL_APPS_DOMAIN is not set; with OVERSKILL_DOMAIN "${studio}" it takes ${takes.OVERSKILL_APPS_DOMAIN}, on another registrable domain.`,
    )
  }
  if (studio !== 'localhost' && sharesSite(studio, apps)) {
    throw new StartRefused(
      `OVERSKILL_APPS_DOMAIN is "${apps}"; it takes a host name on another registrable domain than the studio's "${studio}", because apps could otherwise act as the studio.`,
    )
  }
  return { studio, apps }
}

function secretsOf(values: Values): string[] {
  const passwords = [values.DATABASE_URL, values.REDIS_URL].flatMap((url) => (url ? passwordsOf(url) : []))
  const keys = [values.ANTHROPIC_API_KEY, values.OPENAI_API_KEY, values.OPENROUTER_API_KEY]
  return [...keys, values.OVERSKILL_SECRET, ...passwords].filter(
    (value) => value !== undefined && value !== '',
  ) as string[]
}

/** The password as it is meant, and as it stands in the address where that differs. A stray "%" means itself there. */
function passwordsOf(url: string): string[] {
  const { password } = new URL(url)
  const meant = isDecodable(password) ? decodeURIComponent(password) : password
  return meant === password ? [password] : [meant, password]
}
