import { contract, type ConnectionTest, type ModelInfo } from '@overskill/protocol'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { call } from '../api/call.ts'
import { Button } from '../ui/button.tsx'
import { duration } from '../ui/figures.ts'
import { ProblemNote } from '../ui/problem-note.tsx'
import { Select } from '../ui/select.tsx'
import { Spinner } from '../ui/spinner.tsx'
import { providerOf } from './provider.ts'
import { StateRow } from './state-row.tsx'
import { modelWords } from './strings.ts'

/** Tries one model's connection, also one that cannot be used, and says step by step what was found. */
export function ModelTest({ models, current }: { models: readonly ModelInfo[]; current: string | undefined }) {
  const [chosen, setChosen] = useState('')
  const model = chosen || (models.find(({ id }) => id === current) ?? models[0])?.id || ''
  const test = useMutation({ mutationFn: (id: string) => call(contract.models.test, { model: id }) })
  return (
    <div className="mt-3 border-t border-hairline pt-3">
      <div className="flex items-center gap-2">
        <Select
          aria-label={modelWords.testModel}
          className="max-w-60"
          value={model}
          disabled={test.isPending}
          onChange={(event) => {
            setChosen(event.target.value)
            test.reset()
          }}
        >
          {[...Map.groupBy(models, ({ id }) => providerOf(id))].map(([provider, all]) => (
            <optgroup key={provider} label={provider}>
              {all.map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
            </optgroup>
          ))}
        </Select>
        <Button className="ml-auto" disabled={test.isPending} onClick={() => test.mutate(model)}>
          {test.isPending && <Spinner />}
          {test.isPending ? modelWords.testing : modelWords.test}
        </Button>
      </div>
      <div role="status" className="text-13">
        {test.isPending && <p className="mt-1 text-muted">{modelWords.testingText}</p>}
        {test.data && <TestResult test={test.data} />}
      </div>
      {test.error && <ProblemNote error={test.error} className="mt-2" />}
    </div>
  )
}

const TestResult = ({ test }: { test: ConnectionTest }) => (
  <>
    <ul className="mt-1">
      {test.steps.map(({ name, ok, detail, ms }) => (
        <StateRow key={name} state={ok ? 'ok' : 'down'} name={modelWords.testSteps[name]}>
          {detail} · {duration(ms)}
        </StateRow>
      ))}
    </ul>
    <p className="mt-1">{test.ok ? modelWords.testPassed : modelWords.testFailed}</p>
  </>
)
