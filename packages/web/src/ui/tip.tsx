import { Tooltip } from 'radix-ui'
import type { ReactNode } from 'react'

/** A tooltip over one control. It repeats or adds detail; nothing is said only here. */
export const Tip = ({ text, children }: { text: string; children: ReactNode }) => (
  <Tooltip.Root>
    <Tooltip.Trigger asChild>{children}</Tooltip.Trigger>
    <Tooltip.Portal>
      <Tooltip.Content
        sideOffset={6}
        collisionPadding={8}
        className="z-50 max-w-72 animate-appear rounded-control bg-ink px-2 py-1 text-12 text-paper"
      >
        {text}
      </Tooltip.Content>
    </Tooltip.Portal>
  </Tooltip.Root>
)
