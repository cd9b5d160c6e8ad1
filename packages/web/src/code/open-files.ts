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
  /** What was last sent to be saved and is not answered: the server may have it already. */
  sent: Text | undefined
  /** The server has no file at this path any more. */
  gone: boolean
}

export type OpenFiles = {
  get(path: string): OpenFile | undefined
  /** Takes what the server has: opens the file, or brings an unchanged one up to date, or keeps it beside as `theirs`. */
  receive(path: string, remote: RemoteFile, setup: () => Extension): void
  /** Takes the editor's new state after a change of any kind. */
  edit(path: string, state: EditorState): void
  /** Takes that the server has the file no longer. What stands in the editor stays. */
  lose(path: string): void
  /** What a save has to send, and the tag that it must name: none for a file that is gone. */
  startSave(path: string): { text: Text; etag: string | undefined } | undefined
  /** Marks what was sent as saved, with the tag that the answer gave it. */
  markSaved(path: string, text: Text, etag: string | undefined): void
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
      const next = open ? withRemote(open, remote) : opened(path, remote, setup())
      if (next !== open) put(next)
    },
    lose(path) {
      const open = files.get(path)
      if (open && !open.gone) put({ ...open, gone: true, theirs: undefined })
    },
    edit(path, state) {
      const open = files.get(path)
      if (open && open.state !== state) put({ ...open, state })
    },
    startSave(path) {
      const open = files.get(path)
      if (!open) return undefined
      put({ ...open, sent: open.state.doc })
      return { text: open.state.doc, etag: open.gone ? undefined : open.etag }
    },
    markSaved(path, text, etag) {
      const open = files.get(path)
      if (open) put(withAnswer(open, text, etag))
    },
    resolve(path, keep) {
      const open = files.get(path)
      if (!open?.theirs) return
      const saved = open.state.toText(open.theirs.text)
      const base = { ...open, saved, etag: open.theirs.etag, theirs: undefined, sent: undefined }
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

function opened(path: string, remote: RemoteFile, extensions: Extension): OpenFile {
  const state = EditorState.create({ doc: remote.text, extensions })
  return { path, saved: state.doc, etag: remote.etag, state, theirs: undefined, sent: undefined, gone: false }
}

/** The file after the server has said what it has; the same object when that is nothing new. */
function withRemote(file: OpenFile, remote: RemoteFile): OpenFile {
  const isKnown = remote.etag === file.etag && remote.text === file.saved.toString()
  if (isKnown && !file.theirs && !file.gone) return file
  const open = { ...file, theirs: undefined, gone: false }
  const text = open.state.toText(remote.text)
  const isOwn = [open.saved, open.state.doc, open.sent].some((own) => own?.eq(text))
  if (isOwn) return { ...open, saved: text, etag: remote.etag }
  if (isUnsaved(open)) return { ...open, theirs: remote }
  return { ...withText(open, remote.text), saved: text, etag: remote.etag }
}

/** The file after a save was answered. An answer without a tag leaves the older one, which the server refuses if it must. */
function withAnswer(open: OpenFile, text: Text, etag: string | undefined): OpenFile {
  const theirs = open.theirs?.text === text.toString() ? undefined : open.theirs
  return { ...open, saved: text, etag: etag ?? open.etag, theirs, sent: undefined, gone: false }
}

/** The file with another text, as one step that can be undone; the cursor stays as near as it can. */
function withText(file: OpenFile, text: string): OpenFile {
  const { state } = file
  const changes = { from: 0, to: state.doc.length, insert: text }
  const anchor = Math.min(state.selection.main.head, text.length)
  return { ...file, state: state.update({ changes, selection: { anchor } }).state }
}
