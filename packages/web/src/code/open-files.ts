import { EditorState, type Extension, type Text } from '@codemirror/state'
import type { RemoteFile } from '../api/files.ts'

/** A file that was opened: what the server had, and what stands in the editor now. */
export type OpenFile = {
  path: string
  /** What the server has, as far as is known, and the tag that a save must name. */
  saved: Text
  etag: string | undefined
  state: EditorState
  /** What the server has now, where that came after unsaved changes were made to something older. */
  theirs: RemoteFile | undefined
}

export type OpenFiles = {
  get(path: string): OpenFile | undefined
  /** Takes what the server has: opens the file, or brings an unchanged one up to date, or keeps it beside as `theirs`. */
  receive(path: string, remote: RemoteFile, setup: () => Extension): void
  /** Takes the editor's new state after a change of any kind. */
  edit(path: string, state: EditorState): void
  /** Marks what was sent as saved. */
  markSaved(path: string, text: Text): void
  /** Ends a conflict: with the server's text, or with one's own, which the next save then writes. */
  resolve(path: string, keep: 'theirs' | 'mine'): void
  unsaved: () => ReadonlySet<string>
  subscribe: (onChange: () => void) => () => void
  /** Changes with every change that is worth drawing. */
  revision: () => number
}

export const isUnsaved = (file: OpenFile): boolean => !file.state.doc.eq(file.saved)

/** The open files of one app; they stay open, with their undo history, while others are looked at. */
export function createOpenFiles(): OpenFiles {
  const files = new Map<string, OpenFile>()
  const listeners = new Set<() => void>()
  let unsaved: ReadonlySet<string> = new Set()
  let revision = 0

  const put = (file: OpenFile): void => {
    files.set(file.path, file)
    const now = [...files.values()].filter(isUnsaved).map((one) => one.path)
    if (now.length !== unsaved.size || now.some((path) => !unsaved.has(path))) unsaved = new Set(now)
    revision += 1
    for (const listener of listeners) listener()
  }

  return {
    get: (path) => files.get(path),
    receive(path, remote, setup) {
      const open = files.get(path)
      if (!open) {
        const state = EditorState.create({ doc: remote.text, extensions: setup() })
        put({ path, saved: state.doc, etag: remote.etag, state, theirs: undefined })
        return
      }
      if (remote.etag === open.etag && remote.text === open.saved.toString()) return
      const text = open.state.toText(remote.text)
      if (text.eq(open.saved) || text.eq(open.state.doc))
        put({ ...open, saved: text, etag: remote.etag, theirs: undefined })
      else if (isUnsaved(open)) put({ ...open, theirs: remote })
      else put({ ...withText(open, remote.text), saved: text, etag: remote.etag })
    },
    edit(path, state) {
      const open = files.get(path)
      if (open && open.state !== state) put({ ...open, state })
    },
    markSaved(path, text) {
      const open = files.get(path)
      if (open) put({ ...open, saved: text })
    },
    resolve(path, keep) {
      const open = files.get(path)
      if (!open?.theirs) return
      const saved = open.state.toText(open.theirs.text)
      const base = { ...open, saved, etag: open.theirs.etag, theirs: undefined }
      put(keep === 'mine' ? base : withText(base, open.theirs.text))
    },
    unsaved: () => unsaved,
    subscribe(onChange) {
      listeners.add(onChange)
      return () => listeners.delete(onChange)
    },
    revision: () => revision,
  }
}

/** The file with another text, as one step that can be undone; the cursor stays as near as it can. */
function withText(file: OpenFile, text: string): OpenFile {
  const { state } = file
  const changes = { from: 0, to: state.doc.length, insert: text }
  const anchor = Math.min(state.selection.main.head, text.length)
  return { ...file, state: state.update({ changes, selection: { anchor } }).state }
}
