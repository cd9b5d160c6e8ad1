import type { VariantProps } from 'class-variance-authority'
import { ToggleGroup as Primitive } from 'radix-ui'
import { type ComponentProps, createContext, use } from 'react'
import { toggleVariants } from '@/components/ui/toggle'
import { cn } from '@/lib/cn'

type Look = VariantProps<typeof toggleVariants>

const LookContext = createContext<Look>({})

/** `type="single"` or `type="multiple"`; needs an `aria-label`. */
export function ToggleGroup({ className, variant, size, ...props }: ComponentProps<typeof Primitive.Root> & Look) {
  return (
    <LookContext value={{ variant, size }}>
      <Primitive.Root
        data-slot="toggle-group"
        data-variant={variant ?? 'default'}
        className={cn('group/toggle-group flex w-fit items-center gap-0.5 data-[variant=outline]:gap-0', className)}
        {...props}
      />
    </LookContext>
  )
}

export function ToggleGroupItem({ className, ...props }: ComponentProps<typeof Primitive.Item>) {
  const look = use(LookContext)
  return (
    <Primitive.Item
      data-slot="toggle-group-item"
      className={cn(
        toggleVariants(look),
        'focus-visible:z-10',
        'group-data-[variant=outline]/toggle-group:rounded-none group-data-[variant=outline]/toggle-group:border-l-0 group-data-[variant=outline]/toggle-group:shadow-none',
        'group-data-[variant=outline]/toggle-group:first:rounded-l-md group-data-[variant=outline]/toggle-group:first:border-l group-data-[variant=outline]/toggle-group:last:rounded-r-md',
        className,
      )}
      {...props}
    />
  )
}
