import { DropdownMenu } from 'radix-ui'
import type { ComponentProps, ReactNode } from 'react'
import { classes } from './classes.ts'

/** A menu that opens from a button. It does not lock the page: what streams behind it keeps moving. */
export const Menu = ({ trigger, children, align = 'end' }: MenuProps) => (
  <DropdownMenu.Root modal={false}>
    <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
    <DropdownMenu.Portal>
      <DropdownMenu.Content
        align={align}
        sideOffset={4}
        collisionPadding={8}
        className="z-40 min-w-48 animate-appear rounded-panel bg-raised p-1 text-13 shadow-float"
      >
        {children}
      </DropdownMenu.Content>
    </DropdownMenu.Portal>
  </DropdownMenu.Root>
)

type MenuProps = { trigger: ReactNode; children: ReactNode; align?: 'start' | 'end' }

const row =
  'flex h-7 w-full items-center gap-2 rounded-control px-2 outline-none select-none data-[disabled]:opacity-45 data-[highlighted]:bg-hover [&_svg]:size-4 [&_svg]:shrink-0 [&_svg]:stroke-[1.5] [&_svg]:text-muted'

export const MenuItem = ({ className, ...rest }: ComponentProps<typeof DropdownMenu.Item>) => (
  <DropdownMenu.Item className={classes(row, 'cursor-pointer', className)} {...rest} />
)

export const MenuSeparator = () => <DropdownMenu.Separator className="my-1 h-px bg-hairline" />

export const MenuLabel = ({ children }: { children: ReactNode }) => (
  <DropdownMenu.Label className="px-2 pt-1.5 pb-1 text-12 text-muted">{children}</DropdownMenu.Label>
)

type MenuChoiceProps<T extends string> = {
  value: T
  onChange: (value: T) => void
  choices: readonly { value: T; label: ReactNode; disabled?: boolean }[]
}

/** One of several, marked. */
export const MenuChoice = <T extends string>({ value, onChange, choices }: MenuChoiceProps<T>) => (
  <DropdownMenu.RadioGroup value={value} onValueChange={(chosen) => onChange(chosen as T)}>
    {choices.map((choice) => (
      <DropdownMenu.RadioItem
        key={choice.value}
        value={choice.value}
        disabled={choice.disabled ?? false}
        className={classes(row, 'h-auto min-h-7 cursor-pointer py-1')}
      >
        <span className="flex size-4 shrink-0 items-center justify-center">
          <DropdownMenu.ItemIndicator className="size-1.5 rounded-full bg-ink" />
        </span>
        {choice.label}
      </DropdownMenu.RadioItem>
    ))}
  </DropdownMenu.RadioGroup>
)
