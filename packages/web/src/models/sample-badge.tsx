import { Button } from '../ui/button.tsx'
import { modelWords } from './strings.ts'

/** Says for as long as the sample model answers that it is not AI; opens how to connect a real one. */
export const SampleBadge = ({ onOpen }: { onOpen: () => void }) => (
  <Button size="small" className="rounded-full font-regular text-muted" aria-haspopup="dialog" onClick={onOpen}>
    {modelWords.badge}
  </Button>
)
