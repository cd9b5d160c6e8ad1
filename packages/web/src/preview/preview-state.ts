import type { BuildError, Deployment } from '@overskill/protocol'
import type { AppState } from '../editor/app-state.ts'

/** `ofBuild`: its files do not build; else it did not get on line, which no change of files could mend. */
export type Failure = { version: number; errors: BuildError[]; raw: string | undefined; ofBuild: boolean }

/** What the preview has to show. `pending`: a newer one is on its way. */
export type PreviewState = {
  live: Deployment | undefined
  pending: Deployment | undefined
  failure: Failure | undefined
}

/** Reads off the deployments, newest first, what stands at the preview address and what became of the newest. */
export function previewStateOf({ snapshot, buildErrors }: Pick<AppState, 'snapshot' | 'buildErrors'>): PreviewState {
  const previews = snapshot.deployments.filter((one) => one.environment === 'preview')
  const live = previews.find((one) => one.status === 'live')
  const newest = previews.find((one) => one.status !== 'superseded' && one.status !== 'removed')
  const failed = newest?.status === 'failed' ? newest : undefined
  return {
    live,
    pending: newest && newest.status !== 'live' && newest.status !== 'failed' ? newest : undefined,
    failure: failed && {
      version: failed.version,
      errors: buildErrors.get(failed.version) ?? errorsIn(failed.error),
      raw: failed.error,
      ofBuild: isBuildFailure(failed),
    },
  }
}

/** Whether what failed is the build of its files, and not what came before or after it. */
export const isBuildFailure = ({ status, artifact, stages }: Deployment): boolean =>
  status === 'failed' && artifact === undefined && stages.some(({ name }) => name === 'build')

/** After a reload only the text of a failure is known: its place in the source is read off `path:line:column`. */
export function errorsIn(text: string | undefined): BuildError[] {
  if (!text) return []
  const place = /([\w@./[\]-]+\.[a-z]{1,5})(?::(\d+)(?::(\d+))?|, line (\d+))/.exec(text)
  if (!place) return [{ message: text }]
  const [, file, line, column, spokenLine] = place
  return [
    {
      message: text,
      ...(file && { file }),
      ...((line ?? spokenLine) && { line: Number(line ?? spokenLine) }),
      ...(column && { column: Number(column) }),
    },
  ]
}
