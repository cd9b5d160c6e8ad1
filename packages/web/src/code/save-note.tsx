import { TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { problemOf } from '../api/problem.ts'
import { Button } from '../ui/button.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import type { OpenFile, OpenFiles } from './open-files.ts'
import { codeWords } from './strings.ts'

type SaveNoteProps = { files: OpenFiles; file: OpenFile | undefined; error: unknown; onDone: () => void }

/** Why a save was refused or would be, and what to do about it. Never loses what was typed. */
export function SaveNote({ files, file, error, onDone }: SaveNoteProps) {
  if (file?.theirs) {
    const resolve = (keep: 'theirs' | 'mine'): void => {
      files.resolve(file.path, keep)
      onDone()
    }
    return (
      <Note text={codeWords.changedTitle}>
        <Button size="small" onClick={() => resolve('theirs')}>
          {codeWords.loadTheirs}
        </Button>
        <Button size="small" onClick={() => resolve('mine')}>
          {codeWords.keepMine}
        </Button>
      </Note>
    )
  }
  if (!error) return null
  const { code } = problemOf(error)
  if (code === 'busy') return <Note text={`${codeWords.busyTitle} ${codeWords.busyText}`} />
  if (code === 'precondition_failed') return null // the file is being read again: what comes is shown above
  return <ProblemNote error={error} className="m-2" />
}

const Note = ({ text, children }: { text: string; children?: ReactNode }) => (
  <div
    role="alert"
    className="flex shrink-0 flex-wrap items-center gap-2 border-b border-hairline bg-sunken px-3 py-1.5 text-13"
  >
    <TriangleAlert aria-hidden className="size-4 shrink-0 text-warning" strokeWidth={1.5} />
    <span className="min-w-0 flex-1">{text}</span>
    {children}
  </div>
)
