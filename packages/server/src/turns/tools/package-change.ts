import { done, refused, type ToolResult } from '@overskill/agent'
import { type FailureCode, PackageRequest } from '@overskill/protocol'
import type { ChangedPackages, PackageChange } from '../../apps/packages.ts'
import { refusedBy } from './refusals.ts'
import type { ToolWork } from './work.ts'

/** The refusal of names that are none; undefined when all are. */
export function guardNames(packages: readonly string[]): ToolResult | undefined {
  const odd = packages.find((name) => !PackageRequest.safeParse(name).success)
  if (odd === undefined) return undefined
  return refused(
    'BLOCKED',
    `${JSON.stringify(odd)} is not the name of a package of the registry: give name or name@version. Nothing was changed.`,
  )
}

/**
 * Installs what was asked for, then writes package.json into the draft; a failure leaves the app as it was. `words`: the first
 * line of the answer.
 */
export async function changePackages(
  change: PackageChange,
  { draft, packages }: ToolWork,
  signal: AbortSignal,
  words: (changed: ChangedPackages) => string | Promise<string>,
): Promise<ToolResult> {
  const changed = await packages.change(change, signal)
  if (!changed.ok) return refusedPackages(changed.failure.code, changed.failure.detail, change)
  const written = await draft.write('package.json', changed.value.manifest)
  if (!written.ok) return refusedBy(written.failure)
  const { added, removed } = written.value
  return done(await words(changed.value), { added, removed })
}

const OTHER = 'Nothing was changed. Choose another package, or write the code yourself.'

function refusedPackages(code: FailureCode, detail: string, { remove }: PackageChange): ToolResult {
  if (code === 'not_found' && remove.length > 0) return refused('NOT_FOUND', `${detail} Nothing was changed.`)
  if (code === 'not_found') return refused('NOT_IN_REGISTRY', `${detail} ${OTHER}`)
  if (code === 'forbidden' || code === 'invalid' || code === 'too_large')
    return refused('BLOCKED', `${detail} ${OTHER}`)
  return refused('INSTALL_FAILED', `${detail}\nNothing was changed.`)
}
