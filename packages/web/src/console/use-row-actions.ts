import { useEffectEvent, useMemo } from 'react'
import { useSayText } from '../conversation/use-app-actions.ts'
import { useEditor } from '../editor/editor-actions.tsx'
import type { RowActions } from './row-parts.tsx'
import { consoleWords } from './strings.ts'

/** What rows may ask, as functions that stay the same: a thousand rows are not drawn again when the editor is. */
export function useRowActions(): RowActions {
  const { openFile } = useEditor()
  const { say, pending } = useSayText()
  const open = useEffectEvent(openFile)
  const fix = useEffectEvent((error: string) => {
    if (!pending) say(consoleWords.fixMessage(error), 'build')
  })
  return useMemo(() => ({ openFile: (path, line) => open(path, line), fix: (error) => fix(error) }), [])
}
