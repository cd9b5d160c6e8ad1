import { publishedHost, previewHost, liveHost, slugFromName } from '@overskill/protocol'
import { and, eq, inArray, isNotNull, isNull, lt, ne, or } from 'drizzle-orm'
import { slugs } from '../database/schema.ts'
import type { Database } from '../database/database.ts'
import type { Write } from '../events/event-log.ts'

type Sql = Write['sql'] | Database

/** How the browser reaches us: the scheme and port of the studio's public address, and the domain of the apps. */
export type Addresses = { scheme: 'http' | 'https'; port: string; appsDomain: string }

/** Where the studio's public URL says that apps are reached. */
export function addressesOf(publicUrl: string, appsDomain: string): Addresses {
  const url = new URL(publicUrl)
  return { scheme: url.protocol === 'https:' ? 'https' : 'http', port: url.port, appsDomain }
}

const url = ({ scheme, port }: Addresses, host: string): string => `${scheme}://${host}${port ? `:${port}` : ''}/`

export const previewUrl = (at: Addresses, id: string): string => url(at, previewHost(id, at.appsDomain))
export const liveUrl = (at: Addresses, id: string): string => url(at, liveHost(id, at.appsDomain))
export const productionUrl = (at: Addresses, slug: string): string => url(at, publishedHost(slug, at.appsDomain))

/** How long an address that an app left still leads to it, and is nobody else's. */
const reservedMs = 30 * 24 * 3600 * 1000

/**
 * Takes an address for an app, if nobody holds it. The one it had stays reserved when `keepOld`, else it is free at once.
 * @returns whether it is the app's now.
 */
export async function takeSlug(sql: Sql, app: string, slug: string, keepOld: boolean): Promise<boolean> {
  await sql.delete(slugs).where(and(eq(slugs.slug, slug), isNotNull(slugs.reservedUntil), freeFor(app)))
  const taken = await sql.insert(slugs).values({ slug, app }).onConflictDoNothing().returning()
  if (taken.length === 0) {
    const holder = await sql.query.slugs.findFirst({ where: eq(slugs.slug, slug) })
    if (holder?.app !== app) return false
    await sql.update(slugs).set({ reservedUntil: null }).where(eq(slugs.slug, slug))
  }
  const others = and(eq(slugs.app, app), ne(slugs.slug, slug))
  if (!keepOld) await sql.delete(slugs).where(others)
  else {
    const until = new Date(Date.now() + reservedMs)
    await sql
      .update(slugs)
      .set({ reservedUntil: until })
      .where(and(others, isNull(slugs.reservedUntil)))
  }
  return true
}

/** An address that somebody left may be taken by its last holder at once, by others when its time is over. */
const freeFor = (app: string) => or(eq(slugs.app, app), lt(slugs.reservedUntil, new Date()))

/** The address that a name suggests and that this app can have; with the id in it when another app holds the plain one. */
export async function suggestSlug(sql: Sql, name: string, app: string): Promise<string> {
  const plain = slugFromName(name, app)
  const withId = slugFromName(name, app, () => true)
  const held = await sql.query.slugs.findMany({ where: and(inArray(slugs.slug, [plain, withId]), ne(slugs.app, app)) })
  return held.some(({ slug }) => slug === plain) ? withId : plain
}

/** Takes the address that a name suggests. When another app takes it at the same moment, the one with the id in it. */
export async function takeSuggestedSlug(sql: Sql, name: string, app: string): Promise<string> {
  const suggested = await suggestSlug(sql, name, app)
  if (await takeSlug(sql, app, suggested, false)) return suggested
  const withId = slugFromName(name, app, () => true)
  if (!(await takeSlug(sql, app, withId, false))) throw new Error(`The address ${withId} of ${app} is taken`)
  return withId
}
