import { ArrowDown } from 'lucide-react'
import type { ReactNode } from 'react'
import { useStickToBottom } from '../conversation/use-stick-to-bottom.ts'
import { IconButton } from '../ui/icon-button.tsx'
import { consoleWords } from './strings.ts'

type RowListProps = { label: string; /** Said where there are no rows. */ empty: string; children: ReactNode[] }

/** Rows, newest last; the end is followed only while it is in view. */
export function RowList({ label, empty, children }: RowListProps) {
  const { scroller, content, atBottom, toBottom } = useStickToBottom()
  return (
    <div className="relative min-h-0 flex-1">
      <div
        ref={scroller}
        tabIndex={0}
        role="region"
        aria-label={label}
        className="@container relative h-full overflow-y-auto overscroll-contain -outline-offset-2"
      >
        <div ref={content}>
          {children.length === 0 ? (
            <p className="px-3 py-2 text-12 text-muted">{empty}</p>
          ) : (
            <ol className="font-mono text-12">{children}</ol>
          )}
        </div>
      </div>
      {!atBottom && (
        <div className="absolute inset-x-0 bottom-2 flex justify-center">
          <IconButton
            label={consoleWords.toEnd}
            tone="plain"
            size="icon-small"
            className="rounded-full shadow-float"
            onClick={toBottom}
          >
            <ArrowDown />
          </IconButton>
        </div>
      )}
    </div>
  )
}
