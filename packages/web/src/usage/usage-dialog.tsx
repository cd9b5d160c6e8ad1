import type { AppUsage, UsageSum } from '@overskill/protocol'
import { useQuery } from '@tanstack/react-query'
import { usageQuery } from '../api/queries.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import { Spinner } from '../ui/spinner.tsx'
import { words } from '../ui/strings.ts'
import { costWords, tokenWords } from './cost-words.ts'
import { LimitsForm } from './limits-form.tsx'
import { usageWords } from './strings.ts'

/** What models cost in this month, by app, and the caps on it. */
export const UsageDialog = ({ open, onClose }: { open: boolean; onClose: () => void }) => (
  <Dialog open={open} onClose={onClose} title={usageWords.title}>
    <UsageOfMonth />
  </Dialog>
)

function UsageOfMonth() {
  const usage = useQuery(usageQuery)
  if (usage.error && !usage.data) {
    return (
      <ProblemNote error={usage.error}>
        <Button onClick={() => void usage.refetch()}>{words.retry}</Button>
      </ProblemNote>
    )
  }
  if (!usage.data) {
    return (
      <p role="status" className="flex items-center gap-2 text-muted">
        <Spinner />
        {words.loading}
      </p>
    )
  }
  const { month, total, apps, limits } = usage.data
  return (
    <>
      <h3 className="font-medium">{usageWords.monthTitle(month)}</h3>
      {total.requests === 0 ? (
        <p className="mt-1 text-muted">{usageWords.none}</p>
      ) : (
        <>
          <Sum name={usageWords.all} sum={total} />
          <h3 className="mt-4 font-medium">{usageWords.appsTitle}</h3>
          <ul>
            {apps.map((app) => (
              <li key={app.app}>
                <Sum name={nameOf(app)} sum={app} />
              </li>
            ))}
          </ul>
        </>
      )}
      <section className="mt-4 border-t border-hairline pt-3">
        <h3 className="font-medium">{usageWords.limitsTitle}</h3>
        <LimitsForm limits={limits} />
      </section>
    </>
  )
}

const nameOf = ({ name, deleted }: AppUsage): string => {
  if (!deleted) return name || words.untitled
  return name ? `${name} (${usageWords.deleted})` : usageWords.unnamed
}

const Sum = ({ name, sum }: { name: string; sum: UsageSum }) => (
  <div className="py-1 text-13">
    <p className="flex flex-wrap items-baseline gap-x-3">
      <span dir="auto" className="min-w-0 flex-1 wrap-anywhere">
        {name}
      </span>
      <span className="tabular-nums">{costWords(sum)}</span>
    </p>
    <p className="text-12 text-muted tabular-nums">{tokenWords(sum)}</p>
  </div>
)
