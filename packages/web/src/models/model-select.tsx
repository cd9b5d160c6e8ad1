import { useQuery } from '@tanstack/react-query'
import { modelsQuery } from '../api/queries.ts'
import { Select } from '../ui/select.tsx'
import { modelWords } from './strings.ts'

type ModelSelectProps = {
  /** Empty: none chosen, the server's default, which is the first of its list. */
  value: string
  onChange: (model: string) => void
}

/** Which model answers. One that cannot be used is listed with the reason, and cannot be chosen. */
export function ModelSelect({ value, onChange }: ModelSelectProps) {
  const models = useQuery(modelsQuery).data ?? []
  const known = models.some((model) => model.id === value)
  const first = models.find((model) => model.available)?.id ?? ''
  if (models.length === 0) return null
  return (
    <Select
      aria-label={modelWords.label}
      className="max-w-44"
      value={value || first}
      onChange={(event) => onChange(event.target.value)}
    >
      {value && !known && <option value={value}>{value}</option>}
      {models.map((model) => (
        <option key={model.id} value={model.id} disabled={!model.available}>
          {model.available ? model.name : `${model.name} (${model.reason ?? modelWords.unavailable})`}
        </option>
      ))}
    </Select>
  )
}
