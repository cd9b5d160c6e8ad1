import { CircleAlert, SquareTerminal, TriangleAlert } from 'lucide-react'
import { useSyncExternalStore } from 'react'
import { Button } from '../ui/button.tsx'
import { Tip } from '../ui/tip.tsx'
import type { LogStore } from './log-store.ts'
import { countProblems } from './page-log.ts'
import { consoleWords } from './strings.ts'

type ConsoleBadgeProps = { log: LogStore; open: boolean; onToggle: () => void }

/** Opens the console, and says how many errors and warnings are in it. */
export function ConsoleBadge({ log, open, onToggle }: ConsoleBadgeProps) {
  const { errors, warnings } = countProblems(useSyncExternalStore(log.subscribe, log.get))
  const label = consoleWords.open(errors, warnings)
  return (
    <Tip text={label}>
      <Button tone="quiet" className="px-1.5" aria-expanded={open} onClick={onToggle}>
        <span className="sr-only">{label}</span>
        <SquareTerminal aria-hidden />
        {errors > 0 && (
          <span aria-hidden className="flex items-center gap-0.5 text-12 text-danger-text [&>svg]:size-3.5">
            <CircleAlert />
            {errors.toLocaleString('en')}
          </span>
        )}
        {warnings > 0 && (
          <span aria-hidden className="flex items-center gap-0.5 text-12 text-ink [&>svg]:size-3.5">
            <TriangleAlert className="text-warning" />
            {warnings.toLocaleString('en')}
          </span>
        )}
      </Button>
    </Tip>
  )
}
