import { AppName, limits } from '@overskill/protocol'
import { useLayoutEffect, useRef, useState, type KeyboardEvent } from 'react'
import { words } from '../ui/strings.ts'
import { Tip } from '../ui/tip.tsx'
import { editorWords } from './strings.ts'
import { usePatchApp } from './use-patch-app.ts'

/** The app's name; a click makes it a field. Enter or leaving saves, Escape does not. */
export function AppNameField() {
  const { shown: app, patch } = usePatchApp()
  const [draft, setDraft] = useState<string>()
  const button = useRef<HTMLButtonElement>(null)
  const endedByKey = useRef(false)
  useLayoutEffect(() => {
    if (draft !== undefined || !endedByKey.current) return
    endedByKey.current = false
    button.current?.focus()
  }, [draft])
  const save = (): void => {
    const name = draft?.trim() ?? ''
    setDraft(undefined)
    if (AppName.safeParse(name).success && name !== app.name) patch({ name })
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if ((event.key !== 'Escape' && event.key !== 'Enter') || event.nativeEvent.isComposing) return
    event.preventDefault() // the key would press the button that gets the focus
    endedByKey.current = true
    if (event.key === 'Enter') save()
    else setDraft(undefined)
  }
  if (draft !== undefined) {
    return (
      <input
        autoFocus
        dir="auto"
        aria-label={editorWords.nameLabel}
        value={draft}
        maxLength={limits.nameLength}
        onChange={(event) => setDraft(event.target.value)}
        onFocus={(event) => event.target.select()}
        onBlur={save}
        onKeyDown={onKeyDown}
        className="h-7 w-64 min-w-0 rounded-control border border-control bg-panel px-1.5 font-medium"
      />
    )
  }
  return (
    <h1 className="flex min-w-0">
      <Tip text={editorWords.rename}>
        <button
          ref={button}
          type="button"
          dir="auto"
          className="h-7 min-w-0 truncate rounded-control px-1.5 font-medium transition-colors hover:bg-hover"
          onClick={() => setDraft(app.name)}
        >
          {app.name || words.untitled}
        </button>
      </Tip>
    </h1>
  )
}
