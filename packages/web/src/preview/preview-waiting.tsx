import { useActivity } from '../editor/activity-line.tsx'
import { Spinner } from '../ui/spinner.tsx'
import { BeingWritten } from './being-written.tsx'
import type { PreviewState } from './preview-state.ts'
import { previewWords } from './strings.ts'

/** Stands where the app will be, and says what is happening until then. */
export function PreviewWaiting({ state: { pending } }: { state: PreviewState }) {
  const activity = useActivity()
  const title = pending
    ? pending.status === 'queued'
      ? previewWords.waitingTitle
      : previewWords.buildingTitle(pending.version)
    : activity
      ? previewWords.writingTitle
      : previewWords.nothingTitle
  const isWriting = activity !== undefined && !pending
  return (
    <div
      className={isWriting ? 'flex h-full flex-col bg-sunken' : 'flex h-full flex-col justify-center bg-sunken px-8'}
    >
      <div className={isWriting ? 'px-8 py-6' : 'mx-auto w-full max-w-90'}>
        <h2 className="text-16 font-medium">{title}</h2>
        <p className="mt-1 flex items-center gap-2 text-muted">
          {(activity ?? pending) && <Spinner />}
          {activity && !pending ? `${activity.text}…` : pending ? previewWords.appears : previewWords.nothingText}
        </p>
      </div>
      {isWriting && <BeingWritten />}
    </div>
  )
}
