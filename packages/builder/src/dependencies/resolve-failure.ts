import { fail, type Outcome } from '@overskill/protocol'
import type { DoorNotes } from './registry-door.ts'
import { compareVersions, fitsRange } from './versions.ts'
import type { Wants } from './wants.ts'

/** What bun came to: `late` when it had to be ended. */
export type BunEnd = { code: number | null; said: string; late: boolean }

const MOST_LINES = 30

/**
 * Why versions could not be chosen, from what the registry answered and what bun said. `not_found`: no such package or
 * version; `forbidden`: the only fitting versions are too young; `build_failed`: the rest.
 */
export function wordsFor(ended: BunEnd, notes: DoorNotes, wants: Wants): Outcome<never> {
  const asked = [...notes.asked]
  const unreachable = asked.flatMap(([, answer]) =>
    !answer.ok && answer.kind === 'unreachable' ? [answer.detail] : [],
  )
  if (ended.late)
    return fail(
      'build_failed',
      unreachable[0] ?? 'Choosing versions took too long and was ended. The registry may be slow.',
    )
  const unmatched = [...ended.said.matchAll(/No version matching "([^"\n]*)" found for specifier "([^"\n]+)"/g)]
  for (const [, range = '', name = ''] of unmatched) return noVersion(name, range, notes)
  const missing = asked.flatMap(([name, answer]) => (!answer.ok && answer.kind === 'missing' ? [name] : []))
  const failed = [...ended.said.matchAll(/^error: (.+?)@[^@\n]* failed to resolve/gm)].map(([, name]) => name ?? '')
  const unknown = missing.find((name) => failed.includes(name) || name in wants.dependencies) ?? missing[0]
  if (unknown !== undefined) {
    const isDirect = unknown in wants.dependencies
    return fail(
      'not_found',
      `There is no package "${unknown}" in the registry${isDirect ? '' : ', which another one asks for'}.`,
    )
  }
  if (unreachable[0]) return fail('build_failed', unreachable[0])
  const bad = asked.flatMap(([, answer]) => (answer.ok ? [] : [answer.detail]))
  if (bad[0]) return fail('build_failed', bad[0])
  return fail('build_failed', `Choosing versions failed:\n${lastLines(ended.said)}`)
}

function noVersion(name: string, range: string, notes: DoorNotes): Outcome<never> {
  const young = youngestOf(notes.held.get(name), range)
  if (young) return fail('forbidden', tooYoung(name, young.version, young.publishedMs))
  const answer = notes.asked.get(name)
  const newest = answer?.ok
    ? (answer.value.tags['latest'] ?? Object.keys(answer.value.versions).toSorted(compareVersions).at(-1))
    : undefined
  const hint = newest ? ` The newest is ${newest}.` : ''
  return fail('not_found', `No version of "${name}" fits "${range}".${hint}`)
}

/** The newest version held back that fits the range. */
function youngestOf(held: Readonly<Record<string, number | undefined>> | undefined, range: string) {
  const versions = Object.keys(held ?? {}).filter((version) => fitsRange(version, range))
  const version = versions.toSorted(compareVersions).at(-1)
  return held && version ? { version, publishedMs: held[version] } : undefined
}

/** The words for a version that is held back. */
export function tooYoung(name: string, version: string, publishedMs: number | undefined): string {
  if (publishedMs === undefined)
    return `The registry does not say when ${name} ${version} was published; versions younger than a day are refused.`
  const minutes = Math.max(1, Math.round((Date.now() - publishedMs) / 60_000))
  const ago = minutes < 120 ? `${minutes} minute${minutes === 1 ? '' : 's'}` : `${Math.round(minutes / 60)} hours`
  return `${name} ${version} was published ${ago} ago; versions younger than a day are refused.`
}

const lastLines = (said: string): string =>
  said
    .split('\n')
    .filter((line) => line.trim() !== '' && !/^(?:bun install|Resolving|Resolved|Saved)/.test(line))
    .map((line) => line.replaceAll(/http:\/\/127\.0\.0\.1:\d+\//g, '').slice(0, 300))
    .slice(-MOST_LINES)
    .join('\n')
