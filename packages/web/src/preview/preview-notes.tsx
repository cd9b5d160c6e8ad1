import { useMemo, useState } from 'react'
import type { AppState } from '../editor/app-state.ts'
import type { Host } from './preview-host.ts'
import { PreviewNote } from './preview-note.tsx'
import { troubleOf } from './preview-trouble.ts'
import { useLasting } from './use-lasting.ts'

/** A live page that does not compile between two writes says so only in its badge: a note would move the page. */
const lastingMs = 1_000

/** The one thing that is wrong with what one sees, if anything is. */
export function PreviewNotes({ state, host }: { state: AppState; host: Host | undefined }) {
  const trouble = useMemo(() => troubleOf(state, host), [state, host])
  const [read, setRead] = useState<string>()
  const lasts = useLasting(trouble?.kind === 'live', lastingMs)
  if (!trouble || trouble.key === read || (trouble.kind === 'live' && !lasts)) return null
  const isNews = trouble.kind === 'page' || trouble.kind === 'install'
  return <PreviewNote key={trouble.key} trouble={trouble} onDismiss={isNews ? () => setRead(trouble.key) : undefined} />
}
