import { useQuery } from '@tanstack/react-query'
import { modelsQuery } from '../api/queries.ts'
import { isSample } from '../models/sample.ts'
import { Button } from '../ui/button.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import { homeWords, starters } from './strings.ts'
import { useCreateApp } from './use-create-app.ts'

/** Before the first app: what there is to try, offered once, only where the sample model is there to build it. */
export function EmptyApps() {
  const sample = useQuery(modelsQuery).data?.find((model) => isSample(model.id) && model.available)
  const create = useCreateApp()
  if (!sample) return null
  return (
    <section className="mt-12 border-t border-hairline pt-4">
      <h2 className="text-16 font-medium">{homeWords.emptyTitle}</h2>
      <p className="mt-1 max-w-120 text-muted">{homeWords.emptyText}</p>
      <Button
        size="large"
        className="mt-3"
        disabled={create.isPending}
        onClick={() => create.mutate({ prompt: starters[0].prompt, model: sample.id })}
      >
        {homeWords.emptyAction}
      </Button>
      {create.error && <ProblemNote error={create.error} className="mt-2" />}
    </section>
  )
}
