import { CircleCheck, CircleX, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'

const stateIcons = {
  ok: <CircleCheck className="text-success" />,
  degraded: <TriangleAlert className="text-warning" />,
  down: <CircleX className="text-danger" />,
}

type StateRowProps = { state: keyof typeof stateIcons; name: string; children: ReactNode }

/** One part of something and how it is. */
export const StateRow = ({ state, name, children }: StateRowProps) => (
  <li className="flex min-h-7 items-baseline gap-2 py-1 [&>svg]:mt-0.5 [&>svg]:size-4 [&>svg]:self-start [&>svg]:shrink-0 [&>svg]:stroke-[1.5]">
    {stateIcons[state]}
    <span className="shrink-0">{name}</span>
    <span className="min-w-0 break-words text-muted">{children}</span>
  </li>
)
