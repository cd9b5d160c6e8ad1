import { RadioGroup as Primitive } from 'radix-ui'
import type { ComponentProps } from 'react'
import { cn } from '@/lib/cn'

/** Needs a name: `aria-label` or `aria-labelledby`; each item a `<Label htmlFor>`. */
export function RadioGroup({ className, ...props }: ComponentProps<typeof Primitive.Root>) {
  return <Primitive.Root data-slot="radio-group" className={cn('grid gap-3', className)} {...props} />
}

export function RadioGroupItem({ className, ...props }: ComponentProps<typeof Primitive.Item>) {
  return (
    <Primitive.Item
      data-slot="radio-group-item"
      className={cn(
        'peer relative size-4.5 shrink-0 rounded-full border border-input bg-card transition-colors',
        'after:absolute after:-inset-2 data-[state=checked]:border-primary',
        'aria-invalid:border-destructive disabled:cursor-not-allowed disabled:opacity-50',
        className,
      )}
      {...props}
    >
      <Primitive.Indicator className="flex size-full items-center justify-center">
        <span className="size-2.5 rounded-full bg-primary" />
      </Primitive.Indicator>
    </Primitive.Item>
  )
}
