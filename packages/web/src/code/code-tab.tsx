import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useMemo, useRef, useState, useSyncExternalStore } from 'react'
import { filesQuery } from '../api/queries.ts'
import { useApp } from '../editor/app-context.tsx'
import { useEditor } from '../editor/editor-actions.tsx'
import { Button } from '../ui/button.tsx'
import { classes } from '../ui/classes.ts'
import { ProblemNote } from '../ui/problem-note.tsx'
import { words } from '../ui/strings.ts'
import { FileList } from './file-list.tsx'
import { withUnsaved } from './file-tree.ts'
import { FileView } from './file-view.tsx'
import { useFindRequest } from './find-request.ts'
import { LeaveGuard } from './leave-guard.tsx'
import { createOpenFiles } from './open-files.ts'
import { codeWords } from './strings.ts'

const route = getRouteApi('/apps/$app')

/** The app's files: beside each other where there is room, one after the other where there is not. */
export function CodeTab() {
  const app = useApp().id
  const { tab, file, line } = route.useSearch()
  const { openFile } = useEditor()
  const list = useQuery(filesQuery(app))
  const [open] = useState(createOpenFiles)
  const [listFirst, setListFirst] = useState(file === undefined)
  const search = useRef<HTMLInputElement>(null)
  const unsaved = useSyncExternalStore(open.subscribe, open.unsaved)
  const files = useMemo(() => withUnsaved(list.data ?? [], unsaved), [list.data, unsaved])
  const finding = useFindRequest(tab === 'code', () => {
    setListFirst(true)
    search.current?.focus()
    search.current?.select()
  })
  const listShown = listFirst || finding || !file
  const choose = (path: string): void => {
    setListFirst(false)
    openFile(path)
  }
  if (list.error && !list.data) {
    return (
      <ProblemNote error={list.error} className="m-4">
        <Button onClick={() => void list.refetch()}>{words.retry}</Button>
      </ProblemNote>
    )
  }
  return (
    <div className="@container flex h-full">
      <LeaveGuard unsaved={unsaved} />
      <div
        className={classes(
          'w-full shrink-0 border-hairline @xl:block @xl:w-60 @xl:border-r',
          !listShown && '@max-xl:hidden',
        )}
      >
        <FileList files={files} chosen={file} unsaved={unsaved} onChoose={choose} search={search} />
      </div>
      <div className={classes('min-w-0 flex-1', listShown && '@max-xl:hidden')}>
        {file ? (
          <FileView
            key={file}
            files={open}
            path={file}
            bytes={files.find((one) => one.path === file)?.bytes}
            line={line}
            onBack={() => setListFirst(true)}
          />
        ) : (
          <p className="p-4 text-muted">{codeWords.choose}</p>
        )}
      </div>
    </div>
  )
}
