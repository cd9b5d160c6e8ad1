import { ArrowLeftRight, ChevronRight, CircleAlert } from 'lucide-react'
import { memo, useState } from 'react'
import { classes } from '../ui/classes.ts'
import { duration, size } from '../ui/figures.ts'
import { isFailedRequest, type RequestRow } from './page-log.ts'
import { At, rowClass } from './row-parts.tsx'
import { consoleWords } from './strings.ts'

const icon = { 'aria-hidden': true, className: 'size-3.5 shrink-0 text-muted', strokeWidth: 1.5 } as const
const bytesOf = (text: string): number => new TextEncoder().encode(text).length

/** One request of the page; what a failing one was answered is behind it. `own`: the app's addresses, left out of the path. */
export const RequestRowView = memo(({ row, own }: { row: RequestRow; own: readonly string[] }) => {
  const [open, setOpen] = useState(false)
  const failed = isFailedRequest(row)
  const base = own.find((origin) => row.url.startsWith(`${origin}/`))
  return (
    <li className={classes(rowClass, failed && 'bg-danger-wash')}>
      <div className="flex min-h-7 flex-wrap items-center gap-x-3 gap-y-0.5 py-1 @2xl:flex-nowrap">
        <span className="flex w-20 shrink-0 items-center gap-1.5">
          {failed ? <CircleAlert {...icon} className="size-3.5 shrink-0 text-danger" /> : <ArrowLeftRight {...icon} />}
          {row.method}
        </span>
        <span dir="ltr" className="min-w-0 flex-1 truncate @max-2xl:basis-40" title={row.url}>
          {base ? row.url.slice(base.length) : row.url}
        </span>
        <span className="flex shrink-0 items-center gap-3 @max-2xl:basis-full @max-2xl:ps-23">
          {row.body !== undefined && (
            <button
              type="button"
              aria-expanded={open}
              className="flex items-center gap-1 rounded-control font-sans text-muted transition-colors hover:text-ink"
              onClick={() => setOpen(!open)}
            >
              <ChevronRight
                {...icon}
                className={classes(icon.className, 'transition-transform', open && 'rotate-90')}
              />
              {consoleWords.body(size(bytesOf(row.body)))}
            </button>
          )}
          <span>{row.status === 0 ? consoleWords.noAnswer : row.status}</span>
          <span className="text-muted">{duration(row.ms)}</span>
          <At ms={row.at} />
        </span>
      </div>
      {open && (
        <pre
          tabIndex={0}
          dir="auto"
          className="relative mb-2 max-h-60 overflow-auto wrap-anywhere whitespace-pre-wrap @2xl:ms-23"
        >
          {row.body}
        </pre>
      )}
    </li>
  )
})
RequestRowView.displayName = 'RequestRowView'
