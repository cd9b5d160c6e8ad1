import { classes } from '../ui/classes.ts'
import { editorWords } from './strings.ts'

export type Half = 'conversation' | 'app'

const halves = [
  { half: 'conversation', label: editorWords.conversation },
  { half: 'app', label: editorWords.app },
] as const

/** On a phone: which half of the editor one sees. */
export const HalfTabs = ({ half, onChange }: { half: Half; onChange: (half: Half) => void }) => (
  <nav aria-label={editorWords.halves} className="flex shrink-0 border-b border-hairline md:hidden">
    {halves.map((one) => (
      <button
        key={one.half}
        type="button"
        aria-pressed={half === one.half}
        onClick={() => onChange(one.half)}
        className={classes(
          '-mb-px h-9 flex-1 border-b-2 text-13 transition-colors',
          half === one.half ? 'border-ink font-medium' : 'border-transparent text-muted',
        )}
      >
        {one.label}
      </button>
    ))}
  </nav>
)
