import { must } from '@overskill/protocol'
import { createContext, use } from 'react'

export type EditorTab = 'preview' | 'code' | 'history'

/** What any part of the editor may ask of the whole. */
export type EditorActions = {
  showTab: (tab: EditorTab) => void
  /** Opens a file in Code, at a line when one is given (from 1). */
  openFile: (path: string, line?: number) => void
  /** Shows in History what a version changed. */
  compare: (version: number) => void
  openModels: () => void
  openPublish: () => void
  openPackages: () => void
  openUsage: () => void
}

export const EditorActionsContext = createContext<EditorActions | undefined>(undefined)

export const useEditor = (): EditorActions => must(use(EditorActionsContext), 'The editor above')
