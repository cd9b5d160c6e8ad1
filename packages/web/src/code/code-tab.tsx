import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useEffect, useEffectEvent, useRef, useState, useSyncExternalStore } from 'react'
import { filesQuery } from '../api/queries.ts'
import { useApp } from '../editor/app-context.tsx'
import { useEditor } from '../editor/editor-actions.tsx'
import { Button } from '../ui/button.tsx'
import { classes } from '../ui/classes.ts'
import { isCommand } from '../ui/keys.ts'
import { ProblemNote } from '../ui/problem-note.tsx'
import { words } from '../ui/strings.ts'
import { FileList } from './file-list.tsx'
import { FileView } from './file-view.tsx'
import { createOpenFiles } from './open-files.ts'
import { codeWords } from './strings.ts'

const route = getRouteApi('/apps/$app')

/** The app's files: beside each other where there is room, one after the other where there is not. */
export function CodeTab() {
  const app = useApp().id
  const { file, line } = route.useSearch()
  const { openFile } = useEditor()
  const list = useQuery(filesQuery(app))
  const [open] = useState(createOpenFiles)
  const [listFirst, setListFirst] = useState(file === undefined)
  const search = useRef<HTMLInputElement>(null)
  const unsaved = useSyncExternalStore(open.subscribe, open.unsaved)
  useLeaveWarning(unsaved.size > 0)
  useFindKey(() => {
    setListFirst(true)
    openFile(file ?? '')
    requestAnimationFrame(() => search.current?.select())
  })
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
  const files = list.data ?? []
  return (
    <div className="@container flex h-full">
      <div
        className={classes(
          'w-full shrink-0 border-hairline @xl:block @xl:w-60 @xl:border-r',
          !listFirst && file && '@max-xl:hidden',
        )}
      >
        <FileList files={files} chosen={file} unsaved={unsaved} onChoose={choose} search={search} />
      </div>
      <div className={classes('min-w-0 flex-1', (listFirst || !file) && '@max-xl:hidden')}>
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

/** Lets the browser ask before a page with unsaved changes goes away. */
function useLeaveWarning(unsaved: boolean): void {
  useEffect(() => {
    if (!unsaved) return
    const warn = (event: BeforeUnloadEvent): void => event.preventDefault()
    addEventListener('beforeunload', warn)
    return () => removeEventListener('beforeunload', warn)
  }, [unsaved])
}

/** ⌘P finds a file instead of printing. */
function useFindKey(onFind: () => void): void {
  const find = useEffectEvent(onFind)
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      if (!isCommand(event) || event.key !== 'p' || event.shiftKey) return
      event.preventDefault()
      find()
    }
    addEventListener('keydown', listen)
    return () => removeEventListener('keydown', listen)
  }, [])
}
