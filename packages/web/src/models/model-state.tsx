import type { ModelInfo } from '@overskill/protocol'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Fragment } from 'react'
import { healthQuery, modelsQuery } from '../api/queries.ts'
import { Button } from '../ui/button.tsx'
import { duration } from '../ui/figures.ts'
import { ProblemNote } from '../ui/problem-note.tsx'
import { Spinner } from '../ui/spinner.tsx'
import { ModelTest } from './model-test.tsx'
import { providerOf } from './provider.ts'
import { StateRow } from './state-row.tsx'
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
        {usable(models.data ?? [], current).map(({ provider, shown, more }) => (
          <Fragment key={provider}>
            {shown.map((model) => (
              <ModelRow key={model.id} model={model} current={current} onUse={onUse} />
            ))}
            {more > 0 && <li className="py-1 pl-6 text-muted">{modelWords.more(more, provider)}</li>}
          </Fragment>
        ))}
        {unusable(models.data ?? []).map(({ provider, reason, names }) => (
          <StateRow key={`${provider} ${reason}`} state="down" name={modelWords.unusable(provider, names)}>
            {reason}
          </StateRow>
        ))}
      </ul>
      {models.data && models.data.length > 0 && <ModelTest models={models.data} current={current} />}
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

const shownOfProvider = 8

type Usable = { provider: string; shown: ModelInfo[]; more: number }

/** The usable models by provider, each with its first few and the one in use: some list hundreds. */
function usable(models: readonly ModelInfo[], current: string | undefined): Usable[] {
  const groups = Map.groupBy(
    models.filter((model) => model.available),
    ({ id }) => providerOf(id),
  )
  return [...groups].map(([provider, all]) => {
    const shown = all.filter((model, index) => index < shownOfProvider || model.id === current)
    return { provider, shown, more: all.length - shown.length }
  })
}

type Unusable = { provider: string; reason: string; names: string[] }

/** Models that cannot be used, together where provider and reason are the same. */
function unusable(models: readonly ModelInfo[]): Unusable[] {
  const found = new Map<string, Unusable>()
  for (const model of models.filter((one) => !one.available)) {
    const provider = providerOf(model.id)
    const reason = model.reason ?? modelWords.unavailable
    const group = found.get(`${provider} ${reason}`) ?? { provider, reason, names: [] }
    found.set(`${provider} ${reason}`, { ...group, names: [...group.names, model.name] })
  }
  return [...found.values()]
}
