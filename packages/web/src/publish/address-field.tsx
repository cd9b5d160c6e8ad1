import { contract, slugProblem } from '@overskill/protocol'
import { useMutation } from '@tanstack/react-query'
import { CircleAlert, CircleCheck } from 'lucide-react'
import { useId, useState } from 'react'
import { call } from '../api/call.ts'
import { problemOf } from '../api/problem.ts'
import { useApp } from '../editor/app-context.tsx'
import { Button } from '../ui/button.tsx'
import { publishWords } from './strings.ts'

/** The app's public address, which can be changed here; says with each letter whether it can be had. */
export function AddressField() {
  const app = useApp()
  const [slug, setSlug] = useState(app.slug)
  const noteId = useId()
  const save = useMutation({ mutationFn: (wanted: string) => call(contract.apps.patch, { app: app.id, slug: wanted }) })
  const changed = slug !== app.slug
  const problem = slugProblem(slug) ?? (save.error ? problemOf(save.error).detail : undefined)
  const { protocol, host } = new URL(app.previewUrl)
  const suffix = host.slice(host.indexOf('.'))
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (changed && !problem) save.mutate(slug)
      }}
    >
      <div className="flex items-baseline rounded-control border border-control px-2 py-1 text-16 focus-within:outline-2 focus-within:outline-accent">
        <span aria-hidden className="text-13 text-muted">
          {protocol}//
        </span>
        <input
          aria-label={publishWords.address}
          aria-describedby={noteId}
          aria-invalid={problem !== undefined}
          value={slug}
          spellCheck={false}
          autoCapitalize="none"
          onChange={(event) => {
            save.reset()
            setSlug(event.target.value.trim().toLowerCase())
          }}
          className="field-sizing-content min-w-8 bg-transparent font-medium outline-none"
        />
        <span aria-hidden className="min-w-0 flex-1 truncate text-muted">
          {suffix}
        </span>
      </div>
      <div className="mt-1.5 flex min-h-7 items-center gap-1.5 text-13">
        <p id={noteId} role="status" className="flex min-w-0 flex-1 items-start gap-1.5 text-muted">
          <AddressNote problem={problem} changed={changed} published={app.productionUrl !== undefined} />
        </p>
        {changed && (
          <Button type="submit" disabled={problem !== undefined || save.isPending}>
            {save.isPending ? publishWords.savingAddress : publishWords.saveAddress}
          </Button>
        )}
      </div>
    </form>
  )
}

type AddressNoteProps = { problem: string | undefined; changed: boolean; published: boolean }

const AddressNote = ({ problem, changed, published }: AddressNoteProps) => {
  if (problem !== undefined) {
    return (
      <>
        <CircleAlert aria-hidden className="mt-px size-4 shrink-0 text-danger" strokeWidth={1.5} />
        <span className="text-ink">{problem}</span>
      </>
    )
  }
  if (changed) return published ? publishWords.addressMoves : null
  return (
    <>
      <CircleCheck aria-hidden className="mt-px size-4 shrink-0 text-success" strokeWidth={1.5} />
      {publishWords.addressNow}
    </>
  )
}
