import { useMemo } from 'react'
import { Spinner } from '../ui/spinner.tsx'
import { WaitedFor } from '../ui/waited-for.tsx'
import { activityOf, type Activity } from './activity.ts'
import { useAppState } from './app-context.tsx'
import { editorWords } from './strings.ts'

/** What the app is doing; undefined when nothing. */
export function useActivity(): Activity | undefined {
  const state = useAppState((all) => all)
  return useMemo(() => activityOf(state), [state])
}

/** The words of the top bar. A screen reader hears them when they change, not with every line. */
export const ActivityWords = ({ activity }: { activity: Activity | undefined }) => (
  <p role="status" className="flex min-w-0 items-center gap-2 text-13 text-muted">
    {activity && (
      <>
        <Spinner className="hidden sm:block" />
        <span className="truncate">{activity.text}…</span>
        {activity.waited && <WaitedFor {...activity.waited} />}
      </>
    )}
  </p>
)

/** The thin line under the top bar: as long as what is done, or quietly moving where nobody can know. */
export function ActivityLine({ activity }: { activity: Activity | undefined }) {
  if (!activity) return null
  const known = activity.done !== undefined
  return (
    <div
      role="progressbar"
      aria-label={editorWords.progress}
      aria-valuetext={activity.text}
      {...(known && {
        'aria-valuenow': Math.round((activity.done ?? 0) * 100),
        'aria-valuemin': 0,
        'aria-valuemax': 100,
      })}
      className="pointer-events-none absolute inset-x-0 -bottom-px h-0.5 overflow-hidden"
    >
      <div
        style={{ width: known ? `${Math.max(2, (activity.done ?? 0) * 100)}%` : '100%' }}
        className={`h-full bg-accent transition-[width] duration-200 ${known ? '' : 'animate-pulse-quiet'}`}
      />
    </div>
  )
}
