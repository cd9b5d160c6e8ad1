import type { ModelInfo } from '@overskill/protocol'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { CircleCheck, CircleX, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { healthQuery, modelsQuery } from '../api/queries.ts'
import { Button } from '../ui/button.tsx'
import { duration } from '../ui/figures.ts'
import { ProblemNote } from '../ui/problem-note.tsx'
import { Spinner } from '../ui/spinner.tsx'
import { modelWords } from './strings.ts'

type ModelStateProps = { current: string | undefined; onUse: ((model: string) => void) | undefined }

/** What models the server has and whether they work; those that do not are told once for each reason. */
export function ModelState({ current, onUse }: ModelStateProps) {
  const client = useQueryClient()
  const models = useQuery(modelsQuery)
  const health = useQuery(healthQuery)
  const checking = models.isFetching || health.isFetching
  const error = models.error ?? health.error
  const check = health.data?.checks.model
  const again = (): void => {
    void client.invalidateQueries({ queryKey: modelsQuery.queryKey })
    void client.invalidateQueries({ queryKey: healthQuery.queryKey })
  }
  return (
    <section className="mt-4 border-t border-hairline pt-3">
      <header className="flex h-7 items-center justify-between">
        <h3 className="font-medium">{modelWords.stateTitle}</h3>
        <Button onClick={again} disabled={checking}>
          {checking && <Spinner />}
          {checking ? modelWords.checking : modelWords.checkAgain}
        </Button>
      </header>
      {error && <ProblemNote error={error} className="mt-2" />}
      <ul className="mt-1 text-13">
        {check && (
          <StateRow state={check.status} name={modelWords.modelCheck}>
            {check.detail ?? modelWords.checkWords[check.status]}
            {check.ms !== undefined && ` · ${duration(check.ms)}`}
          </StateRow>
        )}
        {models.data
          ?.filter((model) => model.available)
          .map((model) => (
            <ModelRow key={model.id} model={model} current={current} onUse={onUse} />
          ))}
        {unusable(models.data ?? []).map(({ provider, reason, names }) => (
          <StateRow key={`${provider} ${reason}`} state="down" name={modelWords.unusable(provider, names)}>
            {reason}
          </StateRow>
        ))}
      </ul>
      {models.data?.length === 0 && <p className="text-13 text-muted">{modelWords.noModels}</p>}
    </section>
  )
}

const ModelRow = ({ model, current, onUse }: { model: ModelInfo } & ModelStateProps) => (
  <StateRow state="ok" name={model.name}>
    {modelWords.works}
    {model.id === current && ` · ${modelWords.inUse}`}
    {onUse && model.id !== current && (
      <Button size="small" className="ml-2" onClick={() => onUse(model.id)}>
        {modelWords.useHere}
      </Button>
    )}
  </StateRow>
)

type Unusable = { provider: string; reason: string; names: string[] }

/** Models that cannot be used, together where provider and reason are the same. */
function unusable(models: readonly ModelInfo[]): Unusable[] {
  const found = new Map<string, Unusable>()
  for (const model of models.filter((one) => !one.available)) {
    const provider = model.id.split('/')[0] ?? model.id
    const reason = model.reason ?? modelWords.unavailable
    const group = found.get(`${provider} ${reason}`) ?? { provider, reason, names: [] }
    found.set(`${provider} ${reason}`, { ...group, names: [...group.names, model.name] })
  }
  return [...found.values()]
}

const stateIcons = {
  ok: <CircleCheck className="text-success" />,
  degraded: <TriangleAlert className="text-warning" />,
  down: <CircleX className="text-danger" />,
}

type StateRowProps = { state: keyof typeof stateIcons; name: string; children: ReactNode }

const StateRow = ({ state, name, children }: StateRowProps) => (
  <li className="flex min-h-7 items-center gap-2 py-0.5 [&>svg]:size-4 [&>svg]:shrink-0 [&>svg]:stroke-[1.5]">
    {stateIcons[state]}
    <span className="shrink-0">{name}</span>
    <span className="min-w-0 text-muted">{children}</span>
  </li>
)
