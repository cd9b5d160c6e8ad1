import { contract, type Deployment } from '@overskill/protocol'
import { useMutation } from '@tanstack/react-query'
import { Check } from 'lucide-react'
import { call } from '../api/call.ts'
import { useIdempotency } from '../api/idempotency.ts'
import { useApp } from '../editor/app-context.tsx'
import { Button } from '../ui/button.tsx'
import { shortHash, size } from '../ui/figures.ts'
import { ProblemNote } from '../ui/problem-note.tsx'
import { PublishStages } from './publish-stages.tsx'
import { publishWords } from './strings.ts'

type GoesLiveProps = { preview: Deployment | undefined; publics: readonly Deployment[] }

const isUnderWay = (one: Deployment): boolean =>
  one.status === 'queued' || one.status === 'building' || one.status === 'uploading'

/** What would go live, the button that does it, and how it goes. */
export function GoesLive({ preview, publics }: GoesLiveProps) {
  const app = useApp()
  const idempotency = useIdempotency()
  const publish = useMutation({
    mutationFn: (version: number) => {
      const body = { environment: 'production' as const, version }
      return call(contract.deployments.deploy, { app: app.id, ...body }, { idempotencyKey: idempotency.keyFor(body) })
    },
    onSuccess: () => idempotency.renew(),
  })
  const latest = publics[0]
  const live = publics.find((one) => one.status === 'live')
  if (!preview) return <p className="text-muted">{publishWords.nothing}</p>
  const asked = publish.data?.deployment.id
  const isUntold = asked !== undefined && !publics.some(({ id }) => id === asked)
  const busy = publish.isPending || isUntold || (latest !== undefined && isUnderWay(latest))
  const same = live !== undefined && live.artifact !== undefined && live.artifact === preview.artifact
  return (
    <>
      {same && !busy ? (
        <p>{publishWords.upToDate(live.version)}</p>
      ) : (
        <>
          <Artifact deployment={preview} />
          <Button
            tone="primary"
            size="large"
            className="mt-3 w-full"
            disabled={busy}
            onClick={() => publish.mutate(preview.version)}
          >
            {busy ? publishWords.publishing : publishWords.publish(preview.version)}
          </Button>
        </>
      )}
      {publish.error && <ProblemNote error={publish.error} className="mt-3" />}
      {latest && (isUnderWay(latest) || latest === live || latest.status === 'failed') && (
        <PublishStages
          deployment={latest}
          underWay={isUnderWay(latest)}
          publicBefore={app.productionUrl !== undefined}
        />
      )}
    </>
  )
}

const Artifact = ({ deployment: { version, bytes, artifact } }: { deployment: Deployment }) => (
  <>
    <p className="text-20">
      {publishWords.version(version)}
      <span className="text-14 text-muted">
        {bytes !== undefined && ` · ${size(bytes)}`}
        {artifact && (
          <>
            {' · '}
            <code className="text-13">{shortHash(artifact)}</code>
          </>
        )}
      </span>
    </p>
    <p className="mt-1 flex items-center gap-1.5 text-13 text-muted">
      <Check aria-hidden className="size-4 text-success" strokeWidth={1.5} />
      {publishWords.same}
    </p>
  </>
)
