import { PackageRequest } from '@overskill/protocol'
import { useQuery } from '@tanstack/react-query'
import { X } from 'lucide-react'
import { useState } from 'react'
import { problemOf } from '../api/problem.ts'
import { fileQuery } from '../api/queries.ts'
import { runningTurn } from '../conversation/exchanges.ts'
import { useApp, useAppState } from '../editor/app-context.tsx'
import { useEditor } from '../editor/editor-actions.tsx'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { IconButton } from '../ui/icon-button.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import { Spinner } from '../ui/spinner.tsx'
import { words } from '../ui/strings.ts'
import { installText } from './install-words.ts'
import { dependenciesOf, type Dependency } from './package-json.ts'
import { PackageRefusal } from './package-refusal.tsx'
import { packageWords } from './strings.ts'
import { useChangePackages } from './use-change-packages.ts'

/** The packages of the app: those of package.json, one more, one less. */
export const PackagesDialog = ({ open, onClose }: { open: boolean; onClose: () => void }) => (
  <Dialog open={open} onClose={onClose} title={packageWords.title}>
    <p className="mb-3 text-13 text-muted">{packageWords.intro}</p>
    <Packages onClose={onClose} />
  </Dialog>
)

function Packages({ onClose }: { onClose: () => void }) {
  const app = useApp().id
  const busy = useAppState((state) => runningTurn(state.snapshot.conversation.turns) !== undefined)
  const installing = useAppState((state) => state.install)
  const { openFile } = useEditor()
  const file = useQuery(fileQuery(app, 'package.json'))
  const change = useChangePackages()
  const list = file.data && dependenciesOf(file.data.text)
  const progress = installText(installing)
  const wish = change.variables
  return (
    <>
      {busy && <p className="mb-3 text-13">{packageWords.busy}</p>}
      <AddForm
        disabled={busy || change.isPending}
        onAdd={(name, done) => change.mutate({ add: [name] }, { onSuccess: done })}
      />
      {progress && (
        <p role="status" className="mt-2 flex items-center gap-2 text-12 text-muted">
          <Spinner className="size-3.5" />
          {progress}
        </p>
      )}
      {change.error && wish && (
        <PackageRefusal
          error={change.error}
          pending={change.isPending}
          onAnyway={() => change.mutate({ ...wish, allowNew: true })}
          className="rounded-control bg-danger-wash px-3 py-2"
        />
      )}
      {file.isPending && <Spinner className="mt-4 animate-late" />}
      {file.error && problemOf(file.error).code !== 'not_found' && (
        <ProblemNote error={file.error} className="mt-3">
          <Button onClick={() => void file.refetch()}>{words.retry}</Button>
        </ProblemNote>
      )}
      {list && (
        <List list={list} disabled={busy || change.isPending} onRemove={(name) => change.mutate({ remove: [name] })} />
      )}
      {file.data && !list && <p className="mt-3 text-13">{packageWords.unreadable}</p>}
      {file.data && (
        <Button
          tone="quiet"
          size="small"
          className="mt-3 -ml-2"
          onClick={() => {
            onClose()
            openFile('package.json')
          }}
        >
          {packageWords.openFile}
        </Button>
      )}
    </>
  )
}

type AddFormProps = { disabled: boolean; onAdd: (name: string, done: () => void) => void }

function AddForm({ disabled, onAdd }: AddFormProps) {
  const [name, setName] = useState('')
  const wanted = name.trim()
  const wrong = wanted !== '' && !PackageRequest.safeParse(wanted).success
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (!disabled && wanted !== '' && !wrong) onAdd(wanted, () => setName(''))
      }}
    >
      <div className="flex gap-2">
        <input
          aria-label={packageWords.field}
          aria-invalid={wrong}
          placeholder={packageWords.example}
          value={name}
          onChange={(event) => setName(event.target.value)}
          spellCheck={false}
          autoCapitalize="none"
          className="h-8 min-w-0 flex-1 rounded-control border border-control bg-panel px-2 font-mono text-13"
        />
        <Button type="submit" size="large" disabled={disabled || wanted === '' || wrong}>
          {packageWords.addButton}
        </Button>
      </div>
      {wrong && <p className="mt-1 text-12 text-danger-text">{packageWords.badName}</p>}
    </form>
  )
}

type ListProps = { list: readonly Dependency[]; disabled: boolean; onRemove: (name: string) => void }

const List = ({ list, disabled, onRemove }: ListProps) => {
  if (list.length === 0) return <p className="mt-3 text-13 text-muted">{packageWords.none}</p>
  return (['app', 'development'] as const).map((use) => {
    const some = list.filter(({ development }) => development === (use === 'development'))
    return some.length === 0 ? null : (
      <section key={use} aria-label={packageWords.usedBy[use]} className="mt-4">
        <h3 className="text-12 text-muted">{packageWords.usedBy[use]}</h3>
        <ul>
          {some.map(({ name, range }) => (
            <li key={name} className="flex min-h-8 items-center gap-3 border-b border-hairline font-mono text-12">
              <span dir="ltr" className="min-w-0 flex-1 wrap-anywhere">
                {name}
              </span>
              <span dir="ltr" className="max-w-1/2 truncate text-muted" title={range}>
                {range}
              </span>
              <IconButton
                label={packageWords.remove(name)}
                size="icon-small"
                disabled={disabled}
                onClick={() => onRemove(name)}
              >
                <X />
              </IconButton>
            </li>
          ))}
        </ul>
      </section>
    )
  })
}
