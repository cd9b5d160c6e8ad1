import { AppName, contract, limits } from '@overskill/protocol'
import { useMutation } from '@tanstack/react-query'
import { useState, type KeyboardEvent } from 'react'
import { call } from '../api/call.ts'
import { problemOf } from '../api/problem.ts'
import { words } from '../ui/strings.ts'
import { Tip } from '../ui/tip.tsx'
import { toast } from '../ui/toasts.tsx'
import { useApp } from './app-context.tsx'
import { editorWords } from './strings.ts'

/** The app's name; a click makes it a field. Enter or leaving saves, Escape does not. */
export function AppNameField() {
  const app = useApp()
  const [draft, setDraft] = useState<string>()
  const rename = useMutation({
    mutationFn: (name: string) => call(contract.apps.patch, { app: app.id, name }),
    onError: (error) => toast(problemOf(error).detail, { tone: 'problem' }),
  })
  const save = (): void => {
    const name = draft?.trim() ?? ''
    setDraft(undefined)
    if (AppName.safeParse(name).success && name !== app.name) rename.mutate(name)
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') setDraft(undefined)
    if (event.key === 'Enter' && !event.nativeEvent.isComposing) save()
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
