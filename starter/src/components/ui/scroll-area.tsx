import { ScrollArea as Primitive } from 'radix-ui'
import type { ComponentProps } from 'react'
import { cn } from '@/lib/cn'

/** A box of its own height (give it one) whose content scrolls. Name it with `aria-label` if it has no heading. */
export function ScrollArea({
  className,
  children,
  'aria-label': label,
  ...props
}: ComponentProps<typeof Primitive.Root>) {
  return (
    <Primitive.Root data-slot="scroll-area" className={cn('relative overflow-hidden', className)} {...props}>
      <Primitive.Viewport
        data-slot="scroll-area-viewport"
        tabIndex={0}
        role={label === undefined ? undefined : 'region'}
        aria-label={label}
        className="size-full rounded-[inherit] focus-visible:-outline-offset-2"
      >
        {children}
      </Primitive.Viewport>
      <ScrollBar />
      <ScrollBar orientation="horizontal" />
      <Primitive.Corner />
    </Primitive.Root>
  )
}

export function ScrollBar({
  className,
  orientation = 'vertical',
  ...props
}: ComponentProps<typeof Primitive.Scrollbar>) {
  return (
    <Primitive.Scrollbar
      data-slot="scroll-area-scrollbar"
      orientation={orientation}
      className={cn(
        'flex touch-none p-0.5 select-none',
        orientation === 'vertical' ? 'h-full w-2.5' : 'h-2.5 flex-col',
        className,
      )}
      {...props}
    >
      <Primitive.Thumb className="relative flex-1 rounded-full bg-foreground/25" />
    </Primitive.Scrollbar>
  )
}
