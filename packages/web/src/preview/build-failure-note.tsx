import { CircleAlert } from 'lucide-react'
import { useSayText } from '../conversation/use-app-actions.ts'
import { useEditor } from '../editor/editor-actions.tsx'
import { Button } from '../ui/button.tsx'
import type { BuildFailure } from './preview-state.ts'
import { previewWords } from './strings.ts'

type BuildFailureNoteProps = { failure: BuildFailure; shows: number | undefined }

/** What failed and where, what is still on screen, and the two things one can do about it. */
export function BuildFailureNote({ failure, shows }: BuildFailureNoteProps) {
  const { openFile } = useEditor()
  const { say, pending } = useSayText()
  const [first] = failure.errors
  const file = first?.file
  const detail = failure.errors.map(textOf).join('\n\n') || failure.raw || ''
  return (
    <div role="alert" className="flex shrink-0 gap-2 border-b border-hairline bg-danger-wash px-4 py-2 text-13">
      <CircleAlert aria-hidden className="mt-px size-4 shrink-0 text-danger" strokeWidth={1.5} />
      <div className="min-w-0 flex-1">
        <p className="wrap-anywhere">
          {file
            ? previewWords.failedIn(failure.version, file, first.line)
            : previewWords.failedSomewhere(failure.version)}{' '}
          {shows === undefined ? previewWords.showsNothing : previewWords.stillShows(shows)}
        </p>
        {detail && (
          <details className="mt-1">
            <summary className="cursor-pointer text-12 text-muted hover:text-ink">{previewWords.details}</summary>
            <pre tabIndex={0} dir="ltr" className="mt-1 max-h-48 relative overflow-auto text-12 leading-5">
              {detail}
            </pre>
          </details>
        )}
        <div className="mt-2 flex flex-wrap gap-2">
          <Button disabled={pending} onClick={() => say(previewWords.fixMessage(failure.version, detail), 'build')}>
            {previewWords.fix}
          </Button>
          {file && <Button onClick={() => openFile(file, first.line)}>{previewWords.openFile}</Button>}
        </div>
      </div>
    </div>
  )
}

const textOf = ({ file, line, column, message, frame }: BuildFailure['errors'][number]): string => {
  const place = file ? `${[file, line, column].filter((part) => part !== undefined).join(':')}\n` : ''
  // A failure read off its text names its place already.
  return `${file && message.includes(file) ? '' : place}${message}${frame ? `\n\n${frame}` : ''}`
}
