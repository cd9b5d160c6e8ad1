import { Progress as Primitive } from 'radix-ui'
import type { ComponentProps } from 'react'
import { cn } from '@/lib/cn'

/** `value` is 0 to `max` (100); without one it says "busy, no end known". Needs an `aria-label`. */
export function Progress({ className, value, max = 100, ...props }: ComponentProps<typeof Primitive.Root>) {
  const known = typeof value === 'number'
  return (
    <Primitive.Root
      data-slot="progress"
      value={known ? value : null}
      max={max}
      className={cn('relative h-2 w-full overflow-hidden rounded-full bg-primary/15', className)}
      {...props}
    >
      <Primitive.Indicator
        data-slot="progress-indicator"
        className={cn('h-full rounded-full bg-primary transition-[width] duration-200', !known && 'animate-pulse')}
        style={{ width: known ? `${Math.min(100, Math.max(0, (value / max) * 100))}%` : '100%' }}
      />
    </Primitive.Root>
  )
}
