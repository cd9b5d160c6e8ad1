import { TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { problemOf } from '../api/problem.ts'
import { Button } from '../ui/button.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import type { OpenFile, OpenFiles } from './open-files.ts'
import { codeWords } from './strings.ts'
import type { SaveFile } from './use-save-file.ts'

type SaveNoteProps = { files: OpenFiles; file: OpenFile | undefined; save: SaveFile }

/** Why a save was refused or would be, and what to do about it. Never loses what was typed. */
export const SaveNote = ({ files, file, save }: SaveNoteProps) => (
  <>
    {file?.gone && (
      <Note text={codeWords.deletedTitle}>
        <Button size="small" disabled={save.isPending} onClick={() => save.mutate()}>
          {codeWords.saveAsNew}
        </Button>
      </Note>
    )}
    {file?.theirs && <Conflict files={files} path={file.path} onDone={save.reset} />}
    {save.error && <Refusal error={save.error} />}
  </>
)

function Conflict({ files, path, onDone }: { files: OpenFiles; path: string; onDone: () => void }) {
  const resolve = (keep: 'theirs' | 'mine'): void => {
    files.resolve(path, keep)
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

function Refusal({ error }: { error: unknown }) {
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
