import { useQuery } from '@tanstack/react-query'
import { ChevronLeft } from 'lucide-react'
import { useEffect, useSyncExternalStore, type KeyboardEvent, type ReactNode } from 'react'
import { fileUrl } from '../api/files.ts'
import { problemOf } from '../api/problem.ts'
import { fileQuery } from '../api/queries.ts'
import { runningTurn } from '../conversation/exchanges.ts'
import { useApp, useAppState } from '../editor/app-context.tsx'
import { Button, LinkButton } from '../ui/button.tsx'
import { FilePath } from '../ui/file-path.tsx'
import { size } from '../ui/figures.ts'
import { IconButton } from '../ui/icon-button.tsx'
import { isCommand, shortcut } from '../ui/keys.ts'
import { ProblemNote } from '../ui/problem-note.tsx'
import { Spinner } from '../ui/spinner.tsx'
import { words } from '../ui/strings.ts'
import { Tip } from '../ui/tip.tsx'
import { CodeEditor } from './code-editor.tsx'
import { editorSetup } from './editor-setup.ts'
import { isUnsaved, type OpenFiles } from './open-files.ts'
import { SaveNote } from './save-note.tsx'
import { codeWords } from './strings.ts'
import { useSaveFile } from './use-save-file.ts'

type FileViewProps = {
  files: OpenFiles
  path: string
  bytes: number | undefined
  line: number | undefined
  onBack: () => void
}

/** One file: read, changed, saved. */
export function FileView({ files, path, bytes, line, onBack }: FileViewProps) {
  const app = useApp().id
  const writing = useAppState((state) => runningTurn(state.snapshot.conversation.turns) !== undefined)
  const remote = useQuery(fileQuery(app, path))
  const save = useSaveFile(files, path)
  useSyncExternalStore(files.subscribe, files.revision)
  const open = files.get(path)
  const unsaved = open !== undefined && isUnsaved(open)
  const canSave = unsaved && !open.gone && !save.isPending
  const { data } = remote
  const missing = remote.error !== null && problemOf(remote.error).code === 'not_found'
  useEffect(() => {
    if (missing) files.lose(path)
    else if (data && !data.binary) files.receive(path, data, () => editorSetup(path))
  }, [missing, data, files, path])

  const onKeyDown = (event: KeyboardEvent): void => {
    if (!isCommand(event) || event.shiftKey || event.key.toLowerCase() !== 's') return
    event.preventDefault()
    if (canSave) save.mutate()
  }
  return (
    <div className="flex h-full min-w-0 flex-col" onKeyDown={onKeyDown}>
      <FileHeader path={path} onBack={onBack}>
        {unsaved && <span className="text-12 text-muted max-sm:hidden">{codeWords.unsaved}</span>}
        <Tip text={`${codeWords.save}  ${shortcut('S')}`}>
          <Button disabled={!canSave} onClick={() => save.mutate()}>
            {save.isPending && <Spinner />}
            {save.isPending ? codeWords.saving : codeWords.save}
          </Button>
        </Tip>
      </FileHeader>
      {writing && !unsaved && !open?.gone && (
        <p className="border-b border-hairline px-3 py-1 text-12 text-muted">{codeWords.draft}</p>
      )}
      <SaveNote files={files} file={open} save={save} />
      <div className="min-h-0 flex-1">
        {open && !data?.binary ? (
          <CodeEditor
            key={path}
            state={open.state}
            onChange={(state) => files.edit(path, state)}
            line={line}
            goKey={`${path}:${line}`}
          />
        ) : remote.error ? (
          <MissingFile error={remote.error} onRetry={() => void remote.refetch()} />
        ) : data?.binary ? (
          <BinaryFile url={fileUrl(app, path)} path={path} bytes={bytes ?? 0} />
        ) : (
          <Spinner className="m-4 animate-late" />
        )}
      </div>
    </div>
  )
}

type FileHeaderProps = { path: string; onBack: () => void; children: ReactNode }

const FileHeader = ({ path, onBack, children }: FileHeaderProps) => (
  <header className="flex h-11 shrink-0 items-center gap-2 border-b border-hairline px-3">
    <span className="-ml-1 @xl:hidden">
      <IconButton label={codeWords.toFiles} onClick={onBack}>
        <ChevronLeft />
      </IconButton>
    </span>
    <h2 className="flex min-w-0 flex-1">
      <FilePath path={path} />
    </h2>
    {children}
  </header>
)

const MissingFile = ({ error, onRetry }: { error: unknown; onRetry: () => void }) =>
  problemOf(error).code === 'not_found' ? (
    <p className="p-4 text-muted">{codeWords.deletedTitle}</p>
  ) : (
    <ProblemNote error={error} className="m-4">
      <Button onClick={onRetry}>{words.retry}</Button>
    </ProblemNote>
  )

const isImage = (path: string): boolean => /\.(png|jpe?g|gif|webp|avif|svg|ico)$/i.test(path)

const BinaryFile = ({ url, path, bytes }: { url: string; path: string; bytes: number }) => (
  <div className="flex h-full flex-col items-start gap-3 relative overflow-auto p-4">
    <p className="text-muted">{codeWords.binary(size(bytes))}</p>
    {isImage(path) && <img src={url} alt={path} className="max-h-96 max-w-full border border-hairline bg-sunken" />}
    <LinkButton href={url} download>
      {codeWords.download}
    </LinkButton>
  </div>
)
