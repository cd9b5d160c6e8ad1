import type { Deployment, Turn, Version } from '@overskill/protocol'
import { CircleAlert, CircleCheck } from 'lucide-react'
import { useAppState, useDeployments } from '../editor/app-context.tsx'
import { useEditor } from '../editor/editor-actions.tsx'
import { isBuildFailure } from '../preview/preview-state.ts'
import { Button } from '../ui/button.tsx'
import { LineChange } from '../ui/line-change.tsx'
import { Spinner } from '../ui/spinner.tsx'
import { RestoreButton } from './restore-button.tsx'
import { conversationWords } from './strings.ts'
import { TurnCost } from './turn-cost.tsx'
import { useShowInPreview } from './use-app-actions.ts'

type VersionCardProps = { version: Version; turn: Turn | undefined }

/** What a turn left behind, in two lines. */
export function VersionCard({ version, turn }: VersionCardProps) {
  const newest = useAppState((state) => state.snapshot.app.version)
  const deployment = useDeployments().find(
    (one) => one.environment === 'preview' && one.version === version.number && one.status !== 'removed',
  )
  const status = deployment?.status
  return (
    <section className="rounded-control border border-hairline bg-panel px-3 pt-2 pb-1.5 text-13">
      <header className="flex items-start gap-2">
        <h3 dir="auto" className="min-w-0 flex-1 font-medium wrap-anywhere">
          {conversationWords.version(version.number, version.title)}
        </h3>
        {deployment && <Where deployment={deployment} />}
      </header>
      <div className="mt-1 flex flex-wrap items-center gap-x-2 gap-y-1 text-12 text-muted">
        <span>{conversationWords.changedFiles(version.changed)}</span>
        <LineChange added={version.added} removed={version.removed} />
        {turn && <TurnCost turn={turn} />}
        <span className="-mr-2 ml-auto flex">
          <PreviewButton version={version.number} live={status === 'live'} failed={status === 'failed'} />
          <CompareButton version={version.number} />
          {newest !== undefined && version.number !== newest && <RestoreButton version={version.number} />}
        </span>
      </div>
    </section>
  )
}

/** Shows the version in the preview; one that is not there now is put there first. */
function PreviewButton({ version, live, failed }: { version: number; live: boolean; failed: boolean }) {
  const { showTab } = useEditor()
  const show = useShowInPreview()
  const onClick = (): void => {
    if (!live && !failed) show.mutate(version)
    showTab('preview')
  }
  return (
    <Button size="small" tone="quiet" disabled={show.isPending} onClick={onClick}>
      {failed ? conversationWords.why : conversationWords.preview}
    </Button>
  )
}

function CompareButton({ version }: { version: number }) {
  const { compare } = useEditor()
  return (
    <Button size="small" tone="quiet" onClick={() => compare(version)}>
      {conversationWords.compare}
    </Button>
  )
}

const Where = ({ deployment }: { deployment: Deployment }) => {
  const { status } = deployment
  if (status === 'superseded' || status === 'removed') return null
  return (
    <span className="flex shrink-0 items-center gap-1 text-12 text-muted [&>svg]:size-3.5 [&>svg]:stroke-[1.5]">
      {status === 'live' ? (
        <CircleCheck aria-hidden className="text-success" />
      ) : status === 'failed' ? (
        <CircleAlert aria-hidden className="text-danger" />
      ) : (
        <Spinner />
      )}
      {isBuildFailure(deployment) ? conversationWords.noBuild : conversationWords.deployments[status]}
    </span>
  )
}
