import { contract, type Deployment } from '@overskill/protocol'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { call } from '../api/call.ts'
import { useIdempotency } from '../api/idempotency.ts'
import { problemOf } from '../api/problem.ts'
import { useApp } from '../editor/app-context.tsx'
import { deploymentIcons } from '../history/deployment-list.tsx'
import { Button } from '../ui/button.tsx'
import { Ago } from '../ui/clock.tsx'
import { Confirm } from '../ui/confirm.tsx'
import { toast } from '../ui/toasts.tsx'
import { publishWords } from './strings.ts'

const shown = 10

/** What was public before; each can be public again. */
export function PublishHistory({ publics }: { publics: readonly Deployment[] }) {
  if (publics.length === 0) return null
  return (
    <section className="px-4 py-4">
      <h3 className="mb-1 text-13 text-muted">{publishWords.history}</h3>
      <ol>
        {publics.slice(0, shown).map((one) => (
          <li key={one.id} className="flex min-h-8 items-center gap-2 text-13">
            {deploymentIcons[one.status]}
            <span>{publishWords.version(one.version)}</span>
            <Ago at={one.createdAt} className="text-muted" />
            <span className="ml-auto">
              {one.status === 'live' ? (
                <span className="text-12 text-muted">{publishWords.now}</span>
              ) : (
                (one.status === 'superseded' || one.status === 'removed') && <RollBack deployment={one} />
              )}
            </span>
          </li>
        ))}
      </ol>
    </section>
  )
}

function RollBack({ deployment }: { deployment: Deployment }) {
  const app = useApp().id
  const [asking, setAsking] = useState(false)
  const idempotency = useIdempotency()
  const rollBack = useMutation({
    mutationFn: () => {
      const body = { app, deployment: deployment.id }
      return call(contract.deployments.rollback, body, { idempotencyKey: idempotency.keyFor(body) })
    },
    onSuccess: () => idempotency.renew(),
    onError: (error) => toast(problemOf(error).detail, { tone: 'problem' }),
  })
  return (
    <>
      <Button size="small" tone="quiet" disabled={rollBack.isPending} onClick={() => setAsking(true)}>
        {publishWords.rollBack}
      </Button>
      <Confirm
        open={asking}
        onClose={() => setAsking(false)}
        onConfirm={() => rollBack.mutate()}
        title={publishWords.rollBackTitle(deployment.version)}
        action={publishWords.rollBack}
      >
        {publishWords.rollBackText}
      </Confirm>
    </>
  )
}
