import type { ModelInfo } from '@overskill/protocol'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { CircleCheck, CircleX, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { healthQuery, modelsQuery } from '../api/queries.ts'
import { Button } from '../ui/button.tsx'
import { CopyButton } from '../ui/copy-button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { duration } from '../ui/figures.ts'
import { ProblemNote } from '../ui/problem-note.tsx'
import { Spinner } from '../ui/spinner.tsx'
import { modelWords } from './strings.ts'

type ModelsDialogProps = {
  open: boolean
  onClose: () => void
  /** The model of the app in front, when there is one. */
  current?: string
  onUse?: (model: string) => void
}

/** Says what the sample model is, how to connect a real one, and whether the one configured works. */
export const ModelsDialog = ({ open, onClose, current, onUse }: ModelsDialogProps) => (
  <Dialog open={open} onClose={onClose} title={modelWords.dialogTitle}>
    <p className="text-muted">{modelWords.sampleIntro}</p>
    <h3 className="mt-4 font-medium">{modelWords.connectTitle}</h3>
    <p className="mt-1 text-muted">{modelWords.connectIntro}</p>
    <dl className="mt-2 grid gap-y-1 text-13">
      <Variable name={modelWords.keyName} text={modelWords.keyText} />
      <Variable name={modelWords.baseName} text={modelWords.baseText} />
    </dl>
    <div className="mt-3 flex items-center gap-2 rounded-control bg-sunken py-1 pr-1 pl-3">
      <code className="min-w-0 flex-1 truncate text-12">{command}</code>
      <CopyButton text={command} label={modelWords.commandLabel} />
    </div>
    <ModelState current={current} onUse={onUse} />
  </Dialog>
)

const command = `${modelWords.keyName}=… ./bin/start`

const Variable = ({ name, text }: { name: string; text: string }) => (
  <div className="flex flex-wrap gap-x-2">
    <dt>
      <code className="text-12">{name}</code>
    </dt>
    <dd className="text-muted">{text}</dd>
  </div>
)

function ModelState({
  current,
  onUse,
}: {
  current: string | undefined
  onUse: ModelsDialogProps['onUse'] | undefined
}) {
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
        {models.data?.map((model) => (
          <ModelRow key={model.id} model={model} current={current} onUse={onUse} />
        ))}
      </ul>
      {models.data?.length === 0 && <p className="text-13 text-muted">{modelWords.noModels}</p>}
    </section>
  )
}

type ModelRowProps = { model: ModelInfo; current: string | undefined; onUse: ModelsDialogProps['onUse'] | undefined }

const ModelRow = ({ model, current, onUse }: ModelRowProps) => (
  <StateRow state={model.available ? 'ok' : 'down'} name={model.name}>
    {model.available ? modelWords.works : (model.reason ?? modelWords.unavailable)}
    {model.id === current && ` · ${modelWords.inUse}`}
    {onUse && model.available && model.id !== current && (
      <Button size="small" className="ml-2" onClick={() => onUse(model.id)}>
        {modelWords.useHere}
      </Button>
    )}
  </StateRow>
)

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
