import type { FileDiff } from '@overskill/protocol'
import { useQuery } from '@tanstack/react-query'
import { ChevronRight } from 'lucide-react'
import { useState } from 'react'
import { diffQuery } from '../api/queries.ts'
import { useApp } from '../editor/app-context.tsx'
import { Button } from '../ui/button.tsx'
import { classes } from '../ui/classes.ts'
import { DiffLines } from '../ui/diff-lines.tsx'
import { FilePath } from '../ui/file-path.tsx'
import { LineChange } from '../ui/line-change.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import { Spinner } from '../ui/spinner.tsx'
import { words } from '../ui/strings.ts'
import { historyWords } from './strings.ts'

/** A file with more changed lines than this starts folded. */
const openUpToLines = 300

/** What a version changed against the one before, file by file. */
export function VersionDiff({ version }: { version: number }) {
  const app = useApp().id
  const diff = useQuery(diffQuery(app, version))
  if (diff.isPending) return <Spinner className="mt-3 ml-11 animate-late" />
  if (diff.error) {
    return (
      <ProblemNote error={diff.error} className="mt-2">
        <Button onClick={() => void diff.refetch()}>{words.retry}</Button>
      </ProblemNote>
    )
  }
  if (diff.data.length === 0) return <p className="mt-2 text-13 text-muted">{historyWords.noChanges}</p>
  return (
    <ul aria-label={historyWords.changes(version)} className="mt-2 space-y-2">
      {diff.data.map((file) => (
        <FileChanges key={file.path} file={file} />
      ))}
    </ul>
  )
}

function FileChanges({ file }: { file: FileDiff }) {
  const [open, setOpen] = useState(file.added + file.removed <= openUpToLines)
  return (
    <li className="overflow-hidden rounded-control border border-hairline bg-panel">
      <button
        type="button"
        aria-expanded={open}
        className="flex h-8 w-full items-center gap-2 px-2 text-start hover:bg-hover"
        onClick={() => setOpen(!open)}
      >
        <ChevronRight
          aria-hidden
          className={classes('size-4 shrink-0 text-muted transition-transform', open && 'rotate-90')}
          strokeWidth={1.5}
        />
        <FilePath path={file.path} />
        <span className="ml-auto flex shrink-0 gap-2 text-12 text-muted">
          {historyWords.actions[file.action]}
          <LineChange added={file.added} removed={file.removed} />
        </span>
      </button>
      {open && (
        <div className="border-t border-hairline">
          {file.binary ? (
            <p className="px-3 py-2 text-13 text-muted">{historyWords.binary}</p>
          ) : (
            <DiffLines patch={file.patch} />
          )}
        </div>
      )}
    </li>
  )
}
