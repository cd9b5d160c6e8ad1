import { CircleAlert, X } from 'lucide-react'
import { runningTurn } from '../conversation/exchanges.ts'
import { useSayText, useShowInPreview } from '../conversation/use-app-actions.ts'
import { useAppState } from '../editor/app-context.tsx'
import { useEditor } from '../editor/editor-actions.tsx'
import { AddPackage } from '../packages/add-package.tsx'
import { PackageRefusal } from '../packages/package-refusal.tsx'
import { packageWords } from '../packages/strings.ts'
import { useChangePackages } from '../packages/use-change-packages.ts'
import { Button } from '../ui/button.tsx'
import type { Trouble } from './preview-trouble.ts'
import { previewWords } from './strings.ts'

type PreviewNoteProps = {
  trouble: Trouble
  /** There where the note is only news, which one may have read. */
  onDismiss: (() => void) | undefined
}

/** What is wrong and where, what is still on screen, and what one can do about it. Key it by the trouble's key. */
export function PreviewNote({ trouble, onDismiss }: PreviewNoteProps) {
  const { text, detail, file, line, fix, again, missing } = trouble
  const { openFile } = useEditor()
  const { say, pending } = useSayText()
  const busy = useAppState((state) => runningTurn(state.snapshot.conversation.turns) !== undefined)
  const change = useChangePackages()
  const show = useShowInPreview()
  return (
    <div role="alert" className="flex shrink-0 gap-2 border-b border-hairline bg-danger-wash px-4 py-2 text-13">
      <CircleAlert aria-hidden className="mt-px size-4 shrink-0 text-danger" strokeWidth={1.5} />
      <div className="min-w-0 flex-1">
        <p className="wrap-anywhere">{text}</p>
        {detail && (
          <details className="mt-1">
            <summary className="cursor-pointer text-12 text-muted hover:text-ink">{previewWords.details}</summary>
            <pre tabIndex={0} dir="ltr" className="mt-1 max-h-48 relative overflow-auto text-12 leading-5">
              {detail}
            </pre>
          </details>
        )}
        <div className="mt-2 flex flex-wrap items-center gap-2">
          {missing && !busy && <AddPackage name={missing} change={change} />}
          {fix !== undefined && (
            <Button disabled={pending} onClick={() => say(fix, 'build')}>
              {previewWords.fix}
            </Button>
          )}
          {again !== undefined && (
            <Button disabled={show.isPending} onClick={() => show.mutate(again)}>
              {previewWords.again}
            </Button>
          )}
          {file && <Button onClick={() => openFile(file, line)}>{previewWords.openFile}</Button>}
          {missing && busy && <span className="text-12 text-muted">{packageWords.busy}</span>}
        </div>
        {change.error && missing && (
          <PackageRefusal
            error={change.error}
            pending={change.isPending}
            onAnyway={() => change.mutate({ add: [missing], allowNew: true })}
          />
        )}
      </div>
      {onDismiss && (
        <Button tone="quiet" size="icon-small" aria-label={previewWords.dismiss} onClick={onDismiss}>
          <X />
        </Button>
      )}
    </div>
  )
}
