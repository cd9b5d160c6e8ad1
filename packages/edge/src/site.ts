import { createHash } from 'node:crypto'
import { environmentPlaceholder, injectEnvironment, must } from '@overskill/protocol'
import { compress, compressions, type Encoding } from './content-encoding.ts'
import type { ContentStore } from './content-store.ts'
import type { Manifest } from './manifest.ts'
import type { SecurityHeaders } from './security-headers.ts'
import { revalidatedCaching, serveStored, type ServedFile } from './served-file.ts'

export const pagePath = '/index.html'

/** Values of an app environment's `VITE_` variables. They are no part of an artifact (AD7). */
export type EnvironmentValues = Readonly<Record<string, string>>

/** What a host serves: one artifact and one set of values, never a mixture of two deployments. */
export type Site = {
  readonly artifactHash: string
  /** `index.html` with the values in, and the environment's script. */
  readonly page: ServedFile
  find(path: string): ServedFile | undefined
}

export type SiteParts = {
  manifest: Manifest
  values: EnvironmentValues
  security: SecurityHeaders
  store: Pick<ContentStore, 'read'>
  /** Text of a script that runs before all others of the page. No part of the artifact either. */
  script?: string | undefined
}

/** Puts a site together: reads the page, injects the values, codes it. Rejects when the page is not stored. */
export async function createSite({ manifest, values, security, store, script }: SiteParts): Promise<Site> {
  const source = must(
    manifest.files.find(({ path }) => path === pagePath),
    `The page of artifact ${manifest.hash}`,
  )
  const sorted = Object.fromEntries(Object.entries(values).toSorted(([a], [b]) => (a < b ? -1 : 1)))
  const text = (await store.read(source.hash, 'identity')).toString('utf8')
  const html = injectEnvironment(script === undefined ? text : injectScript(text, script), sorted)
  const page = await servePage(html, manifest.hash, security)
  const stored = new Map(manifest.files.map((file) => [file.path, file]))
  const served = new Map([[pagePath, page]]) // grows with what is asked for
  return {
    artifactHash: manifest.hash,
    page,
    find(path) {
      const known = served.get(path)
      const file = known ? undefined : stored.get(path)
      if (!file) return known
      const made = serveStored(file, security)
      served.set(path, made)
      return made
    },
  }
}

/** Where the values go, before them; a page without that place (no build of ours) is left as it is. */
const injectScript = (html: string, script: string): string =>
  html.replace(environmentPlaceholder, () => `<script>${script}</script>${environmentPlaceholder}`)

/** Named by artifact and page together: the same artifact with the same values is the same name, on any machine. */
async function servePage(html: string, artifactHash: string, security: SecurityHeaders): Promise<ServedFile> {
  const identity = Buffer.from(html)
  const bodies: Partial<Record<Encoding, Buffer>> = { identity }
  const sizes: Partial<Record<Encoding, number>> = { identity: identity.byteLength }
  for (const encoding of compressions) {
    const body = await compress(identity, encoding)
    if (!body) continue
    bodies[encoding] = body
    sizes[encoding] = body.byteLength
  }
  return {
    name: createHash('sha256').update(`${artifactHash}\n${html}`).digest('hex'),
    type: 'text/html',
    cacheControl: revalidatedCaching,
    security: [...security.always, ...security.page],
    sizes,
    bodies,
    forms: {},
  }
}
