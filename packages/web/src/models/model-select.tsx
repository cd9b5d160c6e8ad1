import { useQuery } from '@tanstack/react-query'
import { modelsQuery } from '../api/queries.ts'
import { Select } from '../ui/select.tsx'
import { modelWords } from './strings.ts'

type ModelSelectProps = {
  /** Empty: none chosen, the server's default, which is the first of its list. */
  value: string
  onChange: (model: string) => void
}

/** Which model answers. Those that cannot be used now are not here; the models dialog says why. */
export function ModelSelect({ value, onChange }: ModelSelectProps) {
  const all = useQuery(modelsQuery).data ?? []
  const usable = all.filter((model) => model.available)
  const chosen = value || (all[0]?.id ?? '')
  if (chosen === '') return null
  return (
    <Select
      aria-label={modelWords.label}
      className="max-w-44"
      value={chosen}
      onChange={(event) => onChange(event.target.value)}
    >
      {!usable.some((model) => model.id === chosen) && (
        <option value={chosen}>{all.find((model) => model.id === chosen)?.name ?? chosen}</option>
      )}
      {usable.map((model) => (
        <option key={model.id} value={model.id}>
          {model.name}
        </option>
      ))}
    </Select>
  )
}
