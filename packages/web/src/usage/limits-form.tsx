import { contract, type Limits } from '@overskill/protocol'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { call } from '../api/call.ts'
import { usageQuery } from '../api/queries.ts'
import { Button } from '../ui/button.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import { words } from '../ui/strings.ts'
import { toast } from '../ui/toasts.tsx'
import { usageWords } from './strings.ts'

const fields = ['turnUsd', 'monthUsd', 'turnTokens'] as const
type Texts = Record<(typeof fields)[number], string>

const textsOf = (limits: Limits): Texts => ({
  turnUsd: limits.turnUsd?.toString() ?? '',
  monthUsd: limits.monthUsd?.toString() ?? '',
  turnTokens: limits.turnTokens?.toString() ?? '',
})

/** The number that a text is; null for an empty one, undefined for what is none. */
function numberOf(text: string): number | null | undefined {
  if (text.trim() === '') return null
  return /^\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : undefined
}

/** The caps of all apps. Which numbers can be is said by the server. */
export function LimitsForm({ limits }: { limits: Limits }) {
  const client = useQueryClient()
  const [filled, setFilled] = useState(() => textsOf(limits))
  const [texts, setTexts] = useState(filled)
  const save = useMutation({
    mutationFn: (wanted: Partial<Limits>) => call(contract.limits.put, wanted),
    onSuccess: (answer) => {
      setFilled(textsOf(answer.limits))
      setTexts(textsOf(answer.limits))
      void client.invalidateQueries({ queryKey: usageQuery.queryKey })
      void client.invalidateQueries({ queryKey: ['estimate'] })
      toast(usageWords.saved)
    },
  })
  // Only what was changed here: another tab may have set the others since.
  const changed = fields.filter((name) => texts[name] !== filled[name])
  const isValid = fields.every((name) => numberOf(texts[name]) !== undefined)
  const wanted = isValid && Object.fromEntries(changed.map((name) => [name, numberOf(texts[name])]))
  return (
    <form
      className="mt-2"
      onSubmit={(event) => {
        event.preventDefault()
        if (wanted) save.mutate(wanted)
      }}
    >
      <p className="text-13 text-muted">{usageWords.limitsText}</p>
      <div className="mt-2 grid gap-2">
        {fields.map((name) => (
          <label key={name} className="flex flex-wrap items-center gap-x-3 gap-y-1 text-13">
            <span className="min-w-44 flex-1">{usageWords[name]}</span>
            <input
              inputMode="decimal"
              autoComplete="off"
              placeholder={usageWords.noLimit}
              value={texts[name]}
              aria-invalid={numberOf(texts[name]) === undefined}
              className="h-8 w-36 rounded-control border border-control bg-panel px-2 text-right tabular-nums"
              onChange={(event) => setTexts({ ...texts, [name]: event.target.value })}
            />
          </label>
        ))}
      </div>
      {!wanted && <p className="mt-2 text-13 text-danger-text">{usageWords.notNumber}</p>}
      {save.error && <ProblemNote error={save.error} className="mt-2" />}
      <p className="mt-2 text-13 text-muted">{usageWords.limitsUnknown}</p>
      <Button type="submit" className="mt-3" disabled={!wanted || save.isPending}>
        {words.save}
      </Button>
    </form>
  )
}
