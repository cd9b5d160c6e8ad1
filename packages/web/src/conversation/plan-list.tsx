import { Check, Circle, CircleDot } from 'lucide-react'
import type { PlanItem } from './plan-items.ts'
import { conversationWords } from './strings.ts'

const icons = {
  done: <Check aria-hidden className="text-success" />,
  doing: <CircleDot aria-hidden className="text-accent" />,
  todo: <Circle aria-hidden className="text-muted" />,
}

/** The model's plan as it stood with this call. */
export const PlanList = ({ items }: { items: readonly PlanItem[] }) => (
  <ol className="py-1">
    {items.map(({ text, state }, place) => (
      // A call's plan never changes, so a step's place is its identity.
      <li
        key={place}
        className="flex gap-2 px-3 py-1 [&>svg]:mt-px [&>svg]:size-4 [&>svg]:shrink-0 [&>svg]:stroke-[1.5]"
      >
        {icons[state]}
        <span className="sr-only">{conversationWords.planStates[state]}:</span>
        <span dir="auto" className="min-w-0 wrap-anywhere">
          {text}
        </span>
      </li>
    ))}
  </ol>
)
