import { ArrowDown } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { useStickToBottom } from '../conversation/use-stick-to-bottom.ts'
import { Button } from '../ui/button.tsx'
import { IconButton } from '../ui/icon-button.tsx'
import { consoleWords } from './strings.ts'

/** A long list is drawn from its end; so many rows at a time are added above. */
const pageRows = 150

type RowListProps<T> = {
  label: string
  /** Said where there are no rows. */
  empty: string
  rows: readonly T[]
  draw: (row: T) => ReactNode
}

/** Rows, newest last; the end is followed only while it is in view. Key it by what is looked for. */
export function RowList<T>({ label, empty, rows, draw }: RowListProps<T>) {
  const [drawn, setDrawn] = useState(pageRows)
  const { scroller, content, atBottom, toBottom, growAbove } = useStickToBottom()
  const earlier = Math.max(0, rows.length - drawn)
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
          {rows.length === 0 && <p className="px-3 py-2 text-12 text-muted">{empty}</p>}
          {earlier > 0 && (
            <Button size="small" className="m-2" onClick={() => growAbove(() => setDrawn(drawn + pageRows))}>
              {consoleWords.earlier(earlier)}
            </Button>
          )}
          {rows.length > 0 && <ol className="font-mono text-12">{rows.slice(earlier).map(draw)}</ol>}
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
