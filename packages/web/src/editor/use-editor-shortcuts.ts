import { useEffect, useEffectEvent, type RefObject } from 'react'
import { askToFind } from '../code/find-request.ts'
import { isCommand } from '../ui/keys.ts'
import type { EditorTab } from './editor-actions.tsx'

type Shortcuts = {
  composer: RefObject<HTMLTextAreaElement | null>
  showTab: (tab: EditorTab) => void
  toggle: () => void
  showConversation: () => void
}

const tabs: Record<string, EditorTab> = { Digit1: 'preview', Digit2: 'code', Digit3: 'history' }

/** The keys of the whole editor; those of one part are handled there. */
export function useEditorShortcuts({ composer, showTab, toggle, showConversation }: Shortcuts): void {
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    const tab = event.altKey && !event.metaKey && !event.ctrlKey ? tabs[event.code] : undefined
    if (tab) showTab(tab)
    else if (isCommand(event) && event.key === 'k') {
      showConversation()
      // The field may only now come to be seen.
      requestAnimationFrame(() => composer.current?.focus())
    } else if (isCommand(event) && event.key === 'p' && !event.shiftKey) {
      showTab('code')
      askToFind()
    } else if (isCommand(event) && event.key === 'b') toggle()
    else return
    event.preventDefault()
  })
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => onKey(event)
    addEventListener('keydown', listen)
    return () => removeEventListener('keydown', listen)
  }, [])
}
