import { Check, ChevronDown, ChevronUp } from 'lucide-react'
import { Select as Primitive } from 'radix-ui'
import type { ComponentProps } from 'react'
import { cn } from '@/lib/cn'

export function Select(props: ComponentProps<typeof Primitive.Root>) {
  return <Primitive.Root {...props} />
}

export function SelectGroup(props: ComponentProps<typeof Primitive.Group>) {
  return <Primitive.Group data-slot="select-group" {...props} />
}

export function SelectValue(props: ComponentProps<typeof Primitive.Value>) {
  return <Primitive.Value data-slot="select-value" {...props} />
}

/** Needs a label: `<Label htmlFor>` with its `id`, or `aria-label`. */
export function SelectTrigger({
  className,
  children,
  size = 'default',
  ...props
}: ComponentProps<typeof Primitive.Trigger> & { size?: 'default' | 'sm' }) {
  return (
    <Primitive.Trigger
      data-slot="select-trigger"
      className={cn(
        'flex w-full items-center justify-between gap-2 rounded-md border border-input bg-card px-3 text-base text-card-foreground md:text-sm',
        'transition-colors focus-visible:outline-offset-0 data-placeholder:text-muted-foreground',
        'aria-invalid:border-destructive aria-invalid:outline-destructive disabled:cursor-not-allowed disabled:opacity-50',
        '[&>span]:truncate [&_svg]:size-4 [&_svg]:shrink-0',
        size === 'sm' ? 'h-8' : 'h-9',
        className,
      )}
      {...props}
    >
      {children}
      <Primitive.Icon asChild>
        <ChevronDown aria-hidden="true" className="text-muted-foreground" />
      </Primitive.Icon>
    </Primitive.Trigger>
  )
}

export function SelectContent({
  className,
  children,
  position = 'popper',
  sideOffset = 4,
  ...props
}: ComponentProps<typeof Primitive.Content>) {
  return (
    <Primitive.Portal>
      <Primitive.Content
        data-slot="select-content"
        position={position}
        sideOffset={sideOffset}
        collisionPadding={8}
        className={cn(
          'relative z-50 min-w-32 overflow-hidden rounded-lg border bg-popover text-popover-foreground shadow-md',
          'max-h-[min(20rem,var(--radix-select-content-available-height))] origin-(--radix-select-content-transform-origin)',
          'data-[state=closed]:animate-pop-out data-[state=open]:animate-pop-in',
          className,
        )}
        {...props}
      >
        <Primitive.ScrollUpButton className="flex items-center justify-center py-1">
          <ChevronUp aria-hidden="true" className="size-4" />
        </Primitive.ScrollUpButton>
        <Primitive.Viewport className={cn('p-1', position === 'popper' && 'min-w-(--radix-select-trigger-width)')}>
          {children}
        </Primitive.Viewport>
        <Primitive.ScrollDownButton className="flex items-center justify-center py-1">
          <ChevronDown aria-hidden="true" className="size-4" />
        </Primitive.ScrollDownButton>
      </Primitive.Content>
    </Primitive.Portal>
  )
}

export function SelectLabel({ className, ...props }: ComponentProps<typeof Primitive.Label>) {
  return (
    <Primitive.Label
      data-slot="select-label"
      className={cn('px-2 py-1.5 text-xs font-medium text-muted-foreground', className)}
      {...props}
    />
  )
}

/** `value` must not be empty: for "none" use a word of your own, e.g. `value="all"`. */
export function SelectItem({ className, children, ...props }: ComponentProps<typeof Primitive.Item>) {
  return (
    <Primitive.Item
      data-slot="select-item"
      className={cn(
        'relative flex w-full cursor-default items-center gap-2 rounded-md py-1.5 pr-8 pl-2 text-sm outline-none select-none',
        'data-highlighted:bg-accent data-highlighted:text-accent-foreground',
        'data-disabled:pointer-events-none data-disabled:opacity-50',
        className,
      )}
      {...props}
    >
      <Primitive.ItemText>{children}</Primitive.ItemText>
      <span className="absolute right-2 flex size-4 items-center justify-center">
        <Primitive.ItemIndicator>
          <Check aria-hidden="true" className="size-4" />
        </Primitive.ItemIndicator>
      </span>
    </Primitive.Item>
  )
}

export function SelectSeparator({ className, ...props }: ComponentProps<typeof Primitive.Separator>) {
  return (
    <Primitive.Separator
      data-slot="select-separator"
      className={cn('-mx-1 my-1 h-px bg-border', className)}
      {...props}
    />
  )
}
