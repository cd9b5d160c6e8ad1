import type { Deployment } from '@overskill/protocol'
import { Check, CircleAlert } from 'lucide-react'
import { Elapsed } from '../ui/clock.tsx'
import { duration } from '../ui/figures.ts'
import { Spinner } from '../ui/spinner.tsx'
import { publishWords } from './strings.ts'

type PublishStagesProps = { deployment: Deployment; underWay: boolean; publicBefore: boolean }

/** How a publish goes: each stage with the time that the server measured, the one under way counted here. */
export const PublishStages = ({
  deployment: { id, status, stages, error },
  underWay,
  publicBefore,
}: PublishStagesProps) => (
  <div role="status" className="mt-3 text-13">
    <ol>
      {stages.map(({ name, ms }) => (
        <li key={name} className="flex h-7 items-center gap-2">
          <Check aria-hidden className="size-4 text-success" strokeWidth={1.5} />
          {publishWords.stages[name]}
          <span className="ml-auto text-muted">{duration(ms)}</span>
        </li>
      ))}
      {underWay && (status === 'queued' || status === 'building' || status === 'uploading') && (
        <li className="flex h-7 items-center gap-2">
          <Spinner />
          {publishWords.statuses[status]}
          <Elapsed key={`${id} ${status}`} className="ml-auto text-muted" />
        </li>
      )}
      {status === 'failed' && (
        <li className="flex gap-2 py-1">
          <CircleAlert aria-hidden className="mt-px size-4 shrink-0 text-danger" strokeWidth={1.5} />
          <span className="min-w-0 wrap-anywhere">
            {publicBefore ? publishWords.failed : publishWords.failedFirst}
            {error && <span className="block text-muted">{error}</span>}
          </span>
        </li>
      )}
    </ol>
  </div>
)
