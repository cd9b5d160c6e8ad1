import { useMemo, useState } from 'react'
import type { AppState } from '../editor/app-state.ts'
import { isUnderWay, type Host } from './preview-host.ts'
import { PreviewNote } from './preview-note.tsx'
import { troubleOf } from './preview-trouble.ts'
import { useLasting } from './use-lasting.ts'

/** What is wrong only between two writes is said by no note: that would move the page. */
const lastingMs = 1_000

/** The one thing that is wrong with what one sees, if anything is. */
export function PreviewNotes({ state, host }: { state: AppState; host: Host | undefined }) {
  const trouble = useMemo(() => troubleOf(state, host), [state, host])
  const [read, setRead] = useState<string>()
  const mayPass = trouble?.kind === 'live' || (trouble?.kind === 'page' && host === 'live' && isUnderWay(state))
  const lasts = useLasting(mayPass, lastingMs)
  if (!trouble || trouble.key === read || (mayPass && !lasts)) return null
  const isNews = trouble.kind === 'page' || trouble.kind === 'install'
  return <PreviewNote key={trouble.key} trouble={trouble} onDismiss={isNews ? () => setRead(trouble.key) : undefined} />
}
