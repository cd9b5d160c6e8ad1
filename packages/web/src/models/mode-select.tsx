import { Mode } from '@overskill/protocol'
import { Select } from '../ui/select.tsx'
import { modelWords } from './strings.ts'

/** What a message is for: building, planning or only talking. */
export const ModeSelect = ({ value, onChange }: { value: Mode; onChange: (mode: Mode) => void }) => (
  <Select
    aria-label={modelWords.mode}
    title={modelWords.modeHints[value]}
    value={value}
    onChange={(event) => onChange(Mode.parse(event.target.value))}
  >
    {Mode.options.map((mode) => (
      <option key={mode} value={mode}>
        {modelWords.modes[mode]}
      </option>
    ))}
  </Select>
)
