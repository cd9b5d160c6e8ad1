import { Bug, ChevronRight, CircleAlert, Info, Minus, TriangleAlert } from 'lucide-react'
import { memo, useState, type ReactNode } from 'react'
import { Button } from '../ui/button.tsx'
import { classes } from '../ui/classes.ts'
import { isInApp, placeText, type ConsoleRow, type Level } from './page-log.ts'
import { At, Place, rowClass, type RowActions } from './row-parts.tsx'
import { consoleWords } from './strings.ts'

const icon = { 'aria-hidden': true, className: 'size-3.5 shrink-0 text-muted', strokeWidth: 1.5 } as const

const levelIcons: Record<Level, ReactNode> = {
  error: <CircleAlert {...icon} className="size-3.5 shrink-0 text-danger" />,
  warn: <TriangleAlert {...icon} className="size-3.5 shrink-0 text-warning" />,
  info: <Info {...icon} className="size-3.5 shrink-0 text-info" />,
  log: <Minus {...icon} />,
  debug: <Bug {...icon} />,
}

type ConsoleRowViewProps = { row: ConsoleRow; actions: RowActions }

/** One thing the page said: its first line, the rest and where it came from behind it. */
export const ConsoleRowView = memo(({ row, actions }: ConsoleRowViewProps) => {
  const [open, setOpen] = useState(false)
  const text = row.kind === 'blank' ? consoleWords.blank : row.text
  const [firstLine = '', ...others] = text.split('\n')
  const place = row.stack.find(isInApp) ?? row.stack[0]
  const opens = others.length > 0 || row.stack.length > 1 || firstLine.length > 60
  return (
    <li className={classes(rowClass, row.level === 'error' && 'bg-danger-wash')}>
      <div className="flex min-h-7 flex-wrap items-center gap-x-3 gap-y-0.5 py-1 @2xl:flex-nowrap">
        <span className="flex w-20 shrink-0 items-center gap-1.5 font-sans">
          {levelIcons[row.level]}
          {row.kind === 'uncaught' ? consoleWords.uncaught : consoleWords.levelOf[row.level]}
        </span>
        <span className="flex min-w-0 flex-1 items-center gap-2 @max-2xl:basis-40">
          {opens ? (
            <button
              type="button"
              dir="auto"
              aria-expanded={open}
              className="flex min-w-0 flex-1 items-center gap-1 rounded-control text-start -outline-offset-2"
              onClick={() => setOpen(!open)}
            >
              <ChevronRight
                {...icon}
                className={classes(icon.className, 'transition-transform', open && 'rotate-90')}
              />
              <span className="min-w-0 truncate">{firstLine}</span>
            </button>
          ) : (
            <span dir="auto" className="min-w-0 flex-1 truncate">
              {firstLine}
            </span>
          )}
          {row.count > 1 && (
            <span className="shrink-0 rounded-full bg-pressed px-1.5" title={consoleWords.times(row.count)}>
              <span className="sr-only">{consoleWords.times(row.count)}</span>
              <span aria-hidden>×{row.count.toLocaleString('en')}</span>
            </span>
          )}
        </span>
        <span className="flex min-w-0 items-center gap-3 @max-2xl:basis-full @max-2xl:ps-23 @2xl:max-w-1/2">
          {place && <Place place={place} openFile={actions.openFile} />}
          <At ms={row.at} />
          {row.level === 'error' && (
            <Button size="small" className="ml-auto font-sans" onClick={() => actions.fix(errorText(row))}>
              {consoleWords.fix}
            </Button>
          )}
        </span>
      </div>
      {open && <RowDetail row={row} text={text} openFile={actions.openFile} />}
    </li>
  )
})
ConsoleRowView.displayName = 'ConsoleRowView'

type RowDetailProps = { row: ConsoleRow; text: string; openFile: RowActions['openFile'] }

const RowDetail = ({ row, text, openFile }: RowDetailProps) => (
  <div className="pb-2 @2xl:ps-23">
    <pre tabIndex={0} dir="auto" className="relative max-h-60 overflow-auto wrap-anywhere whitespace-pre-wrap">
      {text}
    </pre>
    {row.stack.length > 0 && (
      <ol className="mt-1">
        {row.stack.map((place, index) => (
          <li key={`${index} ${placeText(place)}`} className="flex min-h-5 items-center">
            <Place place={place} openFile={openFile} />
          </li>
        ))}
      </ol>
    )}
  </div>
)

/** What the model is told about an error: what was said, and where it came from. */
const errorText = ({ kind, text, stack }: ConsoleRow): string =>
  [kind === 'blank' ? consoleWords.blank : text, ...stack.map((place) => `    at ${placeText(place)}`)].join('\n')
