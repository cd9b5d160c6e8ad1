import type { Version } from '@overskill/protocol'
import { useEffect, useRef } from 'react'
import { RestoreButton } from '../conversation/restore-button.tsx'
import { useShowInPreview } from '../conversation/use-app-actions.ts'
import { useEditor } from '../editor/editor-actions.tsx'
import { Button } from '../ui/button.tsx'
import { Ago } from '../ui/clock.tsx'
import { LineChange } from '../ui/line-change.tsx'
import { historyWords } from './strings.ts'
import { VersionDiff } from './version-diff.tsx'

type VersionRowProps = {
  version: Version
  newest: boolean
  inPreview: boolean
  published: boolean
  compared: boolean
  onCompare: (version: number | undefined) => void
}

/** A version: what it is called, what it changed, where it stands, and what can be done with it. */
export function VersionRow({ version, newest, inPreview, published, compared, onCompare }: VersionRowProps) {
  const row = useRef<HTMLLIElement>(null)
  useEffect(() => {
    if (compared) row.current?.scrollIntoView({ block: 'nearest' })
  }, [compared])
  const marks = [
    newest && historyWords.newest,
    inPreview && historyWords.inPreview,
    published && historyWords.published,
    version.build === 'failed' && historyWords.broken,
    historyWords.origins[version.origin],
    historyWords.endings[version.ending],
  ].filter((mark) => mark)
  return (
    <li ref={row} className="border-b border-hairline py-2">
      <div className="flex flex-wrap items-start gap-x-3 gap-y-1">
        <span className="w-8 shrink-0 text-muted">{historyWords.version(version.number)}</span>
        <div className="min-w-48 flex-1">
          <h3 dir="auto" className="font-medium wrap-anywhere">
            {version.title}
          </h3>
          <p className="flex flex-wrap gap-x-2 text-12 text-muted">
            <Ago at={version.createdAt} />
            <span>{historyWords.files(version.changed)}</span>
            <LineChange added={version.added} removed={version.removed} />
            {marks.length > 0 && <span>{marks.join(', ')}</span>}
          </p>
        </div>
        <span className="-me-2 ml-auto flex">
          {!inPreview && version.build !== 'failed' && <PreviewButton version={version.number} />}
          <Button
            size="small"
            tone="quiet"
            aria-expanded={compared}
            onClick={() => onCompare(compared ? undefined : version.number)}
          >
            {compared ? historyWords.hide : historyWords.compare}
          </Button>
          {!newest && <RestoreButton version={version.number} />}
        </span>
      </div>
      {compared && <VersionDiff version={version.number} />}
    </li>
  )
}

function PreviewButton({ version }: { version: number }) {
  const { showTab } = useEditor()
  const show = useShowInPreview()
  return (
    <Button
      size="small"
      tone="quiet"
      disabled={show.isPending}
      onClick={() => show.mutate(version, { onSuccess: () => showTab('preview') })}
    >
      {historyWords.preview}
    </Button>
  )
}
