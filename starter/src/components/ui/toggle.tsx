import { cva, type VariantProps } from 'class-variance-authority'
import { Toggle as Primitive } from 'radix-ui'
import type { ComponentProps } from 'react'
import { cn } from '@/lib/cn'

export const toggleVariants = cva(
  [
    'inline-flex items-center justify-center gap-2 rounded-md text-sm font-medium whitespace-nowrap transition-colors',
    'text-muted-foreground hover:bg-accent hover:text-accent-foreground',
    'data-[state=on]:bg-primary/12 data-[state=on]:text-foreground',
    "disabled:pointer-events-none disabled:opacity-50 [&_svg]:shrink-0 [&_svg:not([class*='size-'])]:size-4",
  ],
  {
    variants: {
      variant: { default: '', outline: 'border border-border bg-card shadow-xs' },
      size: { default: 'h-9 min-w-9 px-2.5', sm: 'h-8 min-w-8 px-2', lg: 'h-11 min-w-11 px-3' },
    },
    defaultVariants: { variant: 'default', size: 'default' },
  },
)

export function Toggle({
  className,
  variant,
  size,
  ...props
}: ComponentProps<typeof Primitive.Root> & VariantProps<typeof toggleVariants>) {
  return <Primitive.Root data-slot="toggle" className={cn(toggleVariants({ variant, size }), className)} {...props} />
}
