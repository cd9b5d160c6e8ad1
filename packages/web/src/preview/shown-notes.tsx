import { History } from 'lucide-react'
import { useAppState } from '../editor/app-context.tsx'
import { useShowInPreview } from '../conversation/use-app-actions.ts'
import { Button } from '../ui/button.tsx'
import { Spinner } from '../ui/spinner.tsx'
import type { Choice } from './preview-host.ts'
import type { PreviewState } from './preview-state.ts'
import { previewWords } from './strings.ts'

const line = 'flex shrink-0 flex-wrap items-center gap-x-3 gap-y-1 border-b border-hairline px-4 py-1 text-12'

/** Says when what one sees is not the newest, because one asked for an older version or the newest is on its way. */
export function OlderNote({ state: { live, pending, failure }, quiet }: { state: PreviewState; quiet: boolean }) {
  const newest = useAppState((all) => all.snapshot.app.version)
  const show = useShowInPreview()
  if (!live || failure || quiet) return null
  if (pending) {
    return (
      <p className="flex h-8 shrink-0 items-center gap-2 border-b border-hairline px-4 text-12 text-muted">
        <Spinner className="size-3.5" />
        {previewWords.updating(pending.version)}
      </p>
    )
  }
  if (newest === undefined || newest === live.version) return null
  return (
    <p className={line}>
      {previewWords.older(live.version, newest)}
      <Button size="small" disabled={show.isPending} onClick={() => show.mutate(newest)}>
        {previewWords.toNewest}
      </Button>
    </p>
  )
}

type WaitingNoteProps = { waiting: NonNullable<Choice['waiting']>; onShow: () => void }

/** Says that a newer page waits, because something was typed in this one. */
export const WaitingNote = ({ waiting, onShow }: WaitingNoteProps) => (
  <div role="status" className={line}>
    {waiting.host === 'live' ? previewWords.waitingLive : previewWords.waitingVersion(waiting.version)}
    <Button size="small" onClick={onShow}>
      {waiting.host === 'live' ? previewWords.showLive : previewWords.showVersion(waiting.version)}
    </Button>
  </div>
)

/** Over the page: it does not show the newest files, because they do not compile. */
export const LastWorkingBadge = () => (
  <p
    role="status"
    className="pointer-events-none absolute end-3 bottom-3 flex animate-appear items-center gap-1.5 rounded-full bg-raised px-2.5 py-1 text-12 shadow-float"
  >
    <History aria-hidden className="size-3.5 text-danger" strokeWidth={1.5} />
    {previewWords.brokenBadge}
  </p>
)
