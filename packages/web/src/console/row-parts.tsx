import type { CodePlace } from '@overskill/protocol'
import { memo } from 'react'
import { consoleWords } from './strings.ts'
import { isInApp, placeText, type MarkRow } from './page-log.ts'

/** What a row may ask of the editor. The same functions for all rows, so that only rows that change are drawn again. */
export type RowActions = {
  openFile: (path: string, line?: number) => void
  fix: (error: string) => void
}

/** A row that nobody looks at costs no drawing; its height is guessed until it was seen. */
export const rowClass =
  'border-b border-hairline px-3 [contain-intrinsic-size:auto_28px] [content-visibility:auto] last:border-b-0'

/** Something about the list itself, across it. */
export const Mark = memo(({ row }: { row: MarkRow }) => (
  <li className="flex items-center gap-3 border-b border-hairline bg-sunken px-3 py-1 text-12 text-muted">
    {row.kind === 'reloaded' ? consoleWords.reloaded : consoleWords.dropped(row.count)}
  </li>
))
Mark.displayName = 'Mark'

/** Where something was said: a way to the file when it is one of the app's. */
export function Place({ place, openFile }: { place: CodePlace; openFile: RowActions['openFile'] }) {
  const text = placeText(place)
  if (!isInApp(place)) {
    return (
      <span dir="ltr" className="min-w-0 truncate text-muted" title={text}>
        {text.replace(/^[a-z]+:\/\/[^/]+/, '')}
      </span>
    )
  }
  return (
    <button
      type="button"
      dir="ltr"
      aria-label={consoleWords.openAt(text)}
      title={text}
      className="min-w-0 truncate rounded-control text-start text-muted underline decoration-hairline underline-offset-2 transition-colors hover:text-ink hover:decoration-current"
      onClick={() => openFile(place.file, place.line)}
    >
      {text}
    </button>
  )
}

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' })

/** The time of day by the page's clock; nothing where the page gave none that can be read. */
export const At = ({ ms }: { ms: number }) => {
  const at = new Date(ms)
  if (Number.isNaN(at.getTime())) return null
  return (
    <time dateTime={at.toISOString()} className="shrink-0 text-muted">
      {clock.format(at)}
    </time>
  )
}
