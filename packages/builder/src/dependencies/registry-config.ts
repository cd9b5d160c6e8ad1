import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import process from 'node:process'

/** Where packages come from, as npm is set up on this machine. Nothing of it ever enters a confined process. */
export type RegistryConfig = {
  /** Ends with a slash, as those of scopes do. */
  registry: string
  /** Registry by scope (`@acme`). */
  scopes: Readonly<Record<string, string>>
  /** Header `Authorization` by the beginning of an address without its scheme (`//host/path/`). */
  auth: Readonly<Record<string, string>>
  /** `HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`. */
  proxyEnv: Readonly<Record<string, string | undefined>>
  /** Certificates in PEM besides those that Node knows. */
  ca?: string
}

const DEFAULT = 'https://registry.npmjs.org/'
type Environment = Readonly<Record<string, string | undefined>>

/** Reads npm's own configuration: its variables first, then `~/.npmrc`, then the global one. */
export function readRegistryConfig(env: Environment = process.env): RegistryConfig {
  const settings = {
    ...settingsIn(env['npm_config_globalconfig'] ?? join(dirname(dirname(process.execPath)), 'etc', 'npmrc'), env),
    ...settingsIn(env['npm_config_userconfig'] ?? env['NPM_CONFIG_USERCONFIG'] ?? join(homedir(), '.npmrc'), env),
    ...settingsOf(env),
  }
  const scopes = Object.entries(settings).flatMap(([name, value]) =>
    /^@[^:]+:registry$/.test(name) ? [[name.slice(0, name.indexOf(':')), withSlash(value)] as const] : [],
  )
  const ca = readIfThere(settings['cafile'])
  return {
    registry: withSlash(settings['registry'] || DEFAULT),
    scopes: Object.fromEntries(scopes),
    auth: authOf(settings),
    proxyEnv: {
      HTTPS_PROXY: settings['https-proxy'] ?? settings['proxy'] ?? env['HTTPS_PROXY'] ?? env['https_proxy'],
      HTTP_PROXY: settings['proxy'] ?? env['HTTP_PROXY'] ?? env['http_proxy'],
      NO_PROXY: settings['noproxy'] ?? env['NO_PROXY'] ?? env['no_proxy'],
    },
    ...(ca && { ca }),
  }
}

const withSlash = (address: string): string => (address.endsWith('/') ? address : `${address}/`)

/** Lines `name = value`; `${NAME}` in a value is a variable of the environment. */
function settingsIn(path: string, env: Environment): Record<string, string> {
  const settings: Record<string, string> = {}
  for (const line of (readIfThere(path) ?? '').split('\n')) {
    const match = /^\s*([^#;=\s][^=]*?)\s*=\s*(.*?)\s*$/.exec(line)
    if (!match?.[1] || match[2] === undefined) continue
    const value = match[2].replace(/^(["'])(.*)\1$/, '$2')
    settings[match[1]] = value.replaceAll(/\$\{(\w+)\}/g, (whole, name: string) => env[name] ?? whole)
  }
  return settings
}

/** `npm_config_registry` means `registry`; names of addresses and scopes keep their form. */
function settingsOf(env: Environment): Record<string, string> {
  const settings: Record<string, string> = {}
  for (const [name, value] of Object.entries(env)) {
    const match = /^npm_config_(.+)$/i.exec(name)
    if (!match?.[1] || value === undefined || value === '') continue
    const given = match[1]
    settings[/^(?:\/\/|@)/.test(given) ? given : given.toLowerCase().replaceAll('_', '-')] = value
  }
  return settings
}

function authOf(settings: Readonly<Record<string, string>>): Record<string, string> {
  const auth: Record<string, string> = {}
  for (const [name, value] of Object.entries(settings)) {
    const match = /^(\/\/.+?):(_authToken|_auth|_password)$/.exec(name)
    const place = match?.[1] && withSlash(match[1])
    if (!place) continue
    const user = settings[`${match[1]}:username`]
    if (match[2] === '_authToken') auth[place] = `Bearer ${value}`
    else if (match[2] === '_auth') auth[place] = `Basic ${value}`
    else if (user)
      auth[place] = `Basic ${Buffer.from(`${user}:${Buffer.from(value, 'base64').toString()}`).toString('base64')}`
  }
  return auth
}

function readIfThere(path: string | undefined): string | undefined {
  if (path === undefined) return undefined
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined // npm does without it too
  }
}
