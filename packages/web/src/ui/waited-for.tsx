import { useNow } from './clock.tsx'
import { timeOfDay } from './figures.ts'
import { words } from './strings.ts'

/** How long something runs before one is told until when it is waited for. */
const longMs = 10_000

type WaitedForProps = { startedAt: string | undefined; deadline: string | undefined }

/** From ten seconds on, until when something that runs is waited for at the latest. */
export function WaitedFor({ startedAt, deadline }: WaitedForProps) {
  const now = useNow(1_000)
  if (startedAt === undefined || deadline === undefined || now - Date.parse(startedAt) < longMs) return null
  return (
    <span className="shrink-0" title={words.untilHint}>
      {words.until(timeOfDay(deadline))}
    </span>
  )
}
