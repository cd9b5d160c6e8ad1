import { type Environment, must } from '@overskill/protocol'
import { type SQL, sql as raw } from 'drizzle-orm'
import type { Database } from '../database/database.ts'

/** What an environment of an app shows by the database. `artifact` null: it was taken off line. */
export type PointerRow = {
  app: string
  environment: Environment
  artifact: string | null
  fence: number
  /** Artifacts of the deployments before, newest first: pages that were opened then go on loading from them. */
  previous: string[]
}

/** An app as its hosts are to know it, whether it is there or was deleted. */
export type HostRow = {
  app: string
  slug: string
  formerSlugs: string[]
  isThere: boolean
  pointers: PointerRow[]
}

/** How many artifacts before the present one keep their hashed files reachable, for pages that are still open. */
const keptArtifacts = 5

/** Their hashes. Some deployments have the same artifact, so more are looked at than are kept, and never all of an app's. */
const previousTo = (app: SQL, environment: SQL, artifact: SQL): SQL => raw`
  array(
    select artifact from (
      select artifact, fence from deployments
      where app = ${app} and environment = ${environment} and artifact <> ${artifact}
        and status in ('live', 'superseded', 'removed')
      order by fence desc limit ${raw.raw(String(keptArtifacts * 4))}
    ) as recent
    group by artifact order by max(fence) desc limit ${raw.raw(String(keptArtifacts))}
  )`

/** The artifacts that an environment of an app had on line before this one, newest first. */
export async function readPrevious(
  db: Database,
  { app, environment, artifact }: Pick<PointerRow, 'app' | 'environment'> & { artifact: string },
): Promise<string[]> {
  const previous = previousTo(raw`${app}`, raw`${environment}`, raw`${artifact}`)
  const found = await db.execute<{ previous: string[] }>(raw`select ${previous} as previous`)
  return must(found.rows[0], 'One row').previous
}

/** Every app and every pointer, or those of one app, as of one moment. */
export async function readHosts(db: Database, only?: string): Promise<HostRow[]> {
  const found = await db.execute<HostRow>(raw`
    select apps.id as app, apps.slug, apps.deleted_at is null as "isThere",
      coalesce(former.slugs, '{}') as "formerSlugs",
      array(
        select json_build_object('app', app, 'environment', environment, 'artifact', artifact, 'fence', fence,
          'previous', ${previousTo(raw`pointers.app`, raw`pointers.environment`, raw`pointers.artifact`)})
        from pointers where pointers.app = apps.id
      ) as pointers
    from apps
    left join (
      select app, array_agg(slug) as slugs from slugs where reserved_until > now() group by app
    ) as former on former.app = apps.id
    ${only === undefined ? raw`` : raw`where apps.id = ${only}`}`)
  return found.rows
}

/** How far a look goes back before the last one: a change counts from its commit, later than the time that it carries by at most as long as a statement may take. */
const overlap = '60 seconds'

/** `at`: the time of the database. `state`: what an app is by now, in one text. */
export type Changes = { changes: { app: string; state: string }[]; at: string }

/** Apps whose names or pointers changed since a time of the database, or just now. */
export async function readChanges(db: Database, since: string | undefined): Promise<Changes> {
  const from = raw`coalesce(${since ?? null}::timestamptz, now()) - ${overlap}::interval`
  const found = await db.execute<Changes>(raw`
    with changed as (
      select id as app from apps where updated_at > ${from} union select app from pointers where changed_at > ${from}
    ), states as (
      select apps.id as app, concat_ws(' ', apps.slug, apps.deleted_at is null, string_agg(pointers.fence::text, ' ' order by pointers.fence)) as state
      from changed join apps on apps.id = changed.app left join pointers on pointers.app = apps.id group by apps.id
    )
    select now()::text as at, array(select json_build_object('app', app, 'state', state) from states) as changes`)
  return must(found.rows[0], 'One row')
}
