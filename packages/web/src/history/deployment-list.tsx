import type { Deployment, DeploymentStatus } from '@overskill/protocol'
import { CircleAlert, CircleCheck, CircleDashed, Clock } from 'lucide-react'
import { useState } from 'react'
import { Button } from '../ui/button.tsx'
import { Ago } from '../ui/clock.tsx'
import { duration, shortHash, size } from '../ui/figures.ts'
import { Spinner } from '../ui/spinner.tsx'
import { words } from '../ui/strings.ts'
import { historyWords } from './strings.ts'

const shownAtFirst = 12

const icon = { className: 'size-4 shrink-0 text-muted', strokeWidth: 1.5, 'aria-hidden': true } as const

export const deploymentIcons: Record<DeploymentStatus, React.ReactNode> = {
  queued: <Clock {...icon} />,
  building: <Spinner />,
  uploading: <Spinner />,
  live: <CircleCheck {...icon} className="size-4 shrink-0 text-success" />,
  superseded: <CircleDashed {...icon} />,
  removed: <CircleDashed {...icon} />,
  failed: <CircleAlert {...icon} className="size-4 shrink-0 text-danger" />,
}

/** What was put on line, newest first, with the time that each stage took. */
export function DeploymentList({ deployments }: { deployments: readonly Deployment[] }) {
  const [all, setAll] = useState(false)
  if (deployments.length === 0) return <p className="mt-2 text-muted">{historyWords.noDeployments}</p>
  return (
    <>
      <ol className="mt-2 border-t border-hairline">
        {(all ? deployments : deployments.slice(0, shownAtFirst)).map((one) => (
          <li key={one.id} className="border-b border-hairline py-1.5 text-13">
            <div className="flex flex-wrap items-center gap-x-2">
              {deploymentIcons[one.status]}
              <span className="w-14">{historyWords.environments[one.environment]}</span>
              <span className="w-8 text-muted">{historyWords.version(one.version)}</span>
              <span className="text-muted">{historyWords.statuses[one.status]}</span>
              <Ago at={one.createdAt} className="ml-auto text-12 text-muted" />
            </div>
            <p className="ps-6 text-12 text-muted wrap-anywhere">{one.error ?? detailOf(one)}</p>
          </li>
        ))}
      </ol>
      {!all && deployments.length > shownAtFirst && (
        <Button className="mt-3" onClick={() => setAll(true)}>
          {words.more}
        </Button>
      )}
    </>
  )
}

/** `214 kB · a1b2c3 · build 182 ms, upload 11 ms, switch 4 ms` */
function detailOf({ bytes, artifact, stages }: Deployment): string {
  const times = stages.map(({ name, ms }) => `${historyWords.stages[name]} ${duration(ms)}`).join(', ')
  return [bytes !== undefined && size(bytes), artifact && shortHash(artifact), times].filter((part) => part).join(' · ')
}
