import { getRouteApi } from '@tanstack/react-router'
import { useMemo } from 'react'
import type { EditorActions, EditorTab } from './editor-actions.tsx'

const route = getRouteApi('/apps/$app')

type Navigation = Pick<EditorActions, 'showTab' | 'openFile' | 'compare'>

/** Moves among the views; where one is stands in the address. `onMove` is told before each move. */
export function useEditorNavigation(onMove: () => void): Navigation {
  const navigate = route.useNavigate()
  return useMemo(() => {
    const go = (change: { tab: EditorTab; file?: string; line?: number; compare?: number }): void => {
      onMove()
      void navigate({ search: (before) => ({ ...before, line: undefined, ...change }), replace: true })
    }
    return {
      showTab: (tab) => go({ tab }),
      openFile: (file, line) => go({ tab: 'code', file, ...(line !== undefined && { line }) }),
      compare: (version) => go({ tab: 'history', compare: version }),
    }
  }, [navigate, onMove])
}
