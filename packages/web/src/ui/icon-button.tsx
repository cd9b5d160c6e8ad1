import type { ComponentProps } from 'react'
import { Button } from './button.tsx'
import { Tip } from './tip.tsx'

type IconButtonProps = ComponentProps<typeof Button> & {
  /** What it does; spoken, and shown on hover and focus. */
  label: string
  /** Keys that do the same, as one reads them: "⌘K". */
  keys?: string
}

/** A button that is only an icon: always named, always with a tooltip. */
export const IconButton = ({ label, keys, tone = 'quiet', size = 'icon', ...rest }: IconButtonProps) => (
  <Tip text={keys ? `${label}  ${keys}` : label}>
    <Button aria-label={label} tone={tone} size={size} {...rest} />
  </Tip>
)
