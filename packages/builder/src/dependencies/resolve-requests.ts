import { fail, ok, type Outcome } from '@overskill/protocol'
import { isTooYoung, publishedAt, withoutYoung, type PackageDocument } from './package-document.ts'
import type { Registry } from './registry.ts'
import { tooYoung } from './resolve-failure.ts'
import { compareVersions, fitsRange } from './versions.ts'
import { PACKAGE_NAME } from './wants.ts'

type Work = { registry: Registry; mayBeNew: (name: string) => boolean; signal: AbortSignal }
type Named = { name: string; range: string }

const VERSION = /^\d+\.\d+\.\d+[\w.+-]*$/
const TAG = /^[a-z][\w.-]*$/i

/** What `package.json` should say for `name` (`^newest`), `name@tag` (`^that`), `name@1.2.3` and `name@range` (just so). */
export async function resolveRequests(requests: readonly string[], work: Work): Promise<Outcome<Named[]>> {
  const answers = await Promise.all(requests.map((request) => resolveOne(request, work)))
  const resolved: Named[] = []
  for (const answer of answers) {
    if (!answer.ok) return answer
    resolved.push(answer.value)
  }
  return ok(resolved)
}

async function resolveOne(request: string, { registry, mayBeNew, signal }: Work): Promise<Outcome<Named>> {
  const at = request.indexOf('@', 1)
  const name = at === -1 ? request : request.slice(0, at)
  const range = at === -1 ? 'latest' : request.slice(at + 1)
  if (!PACKAGE_NAME.test(name)) return fail('invalid', `"${request}" is not the name of a package.`)
  const asked = await registry.document(name, signal)
  if (!asked.ok) {
    if (asked.kind !== 'missing') return fail('build_failed', asked.detail)
    return fail('not_found', `There is no package "${name}" in the registry.`)
  }
  if (VERSION.test(range)) return exactly(asked.value, range, mayBeNew(name))
  const isTag = range in asked.value.tags || (TAG.test(range) && !/^x$/i.test(range))
  return isTag ? tagged(asked.value, range, mayBeNew(name)) : inRange(asked.value, range, mayBeNew(name))
}

function inRange(document: PackageDocument, range: string, mayBeNew: boolean): Outcome<Named> {
  const { name, tags, versions } = document
  const fitting = Object.keys(versions).filter((version) => fitsRange(version, range))
  const newest = fitting.toSorted(compareVersions).at(-1)
  if (newest === undefined)
    return fail('not_found', `No version of "${name}" fits "${range}". The newest is ${tags['latest'] ?? 'unknown'}.`)
  const isOld = (version: string): boolean => !isTooYoung(publishedAt(document, version), Date.now())
  if (!mayBeNew && !fitting.some(isOld)) return fail('forbidden', tooYoung(name, newest, publishedAt(document, newest)))
  return ok({ name, range })
}

function exactly(document: PackageDocument, version: string, mayBeNew: boolean): Outcome<Named> {
  const { name } = document
  if (!document.versions[version])
    return fail(
      'not_found',
      `There is no version ${version} of "${name}". The newest is ${document.tags['latest'] ?? 'unknown'}.`,
    )
  const at = publishedAt(document, version)
  if (!mayBeNew && isTooYoung(at, Date.now())) return fail('forbidden', tooYoung(name, version, at))
  return ok({ name, range: version })
}

function tagged(document: PackageDocument, tag: string, mayBeNew: boolean): Outcome<Named> {
  const { name } = document
  const said = document.tags[tag]
  if (said === undefined) return fail('not_found', `"${name}" has no version called "${tag}".`)
  const version = mayBeNew ? said : withoutYoung(document, Date.now()).document.tags[tag]
  if (version === undefined) return fail('forbidden', tooYoung(name, said, publishedAt(document, said)))
  return ok({ name, range: `^${version}` })
}
