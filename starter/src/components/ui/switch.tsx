import { Switch as Primitive } from 'radix-ui'
import type { ComponentProps } from 'react'
import { cn } from '@/lib/cn'

/** For a setting that takes effect at once. Needs a label: `<Label htmlFor>` or `aria-label`. */
export function Switch({ className, ...props }: ComponentProps<typeof Primitive.Root>) {
  return (
    <Primitive.Root
      data-slot="switch"
      className={cn(
        'peer relative inline-flex h-5.5 w-10 shrink-0 items-center rounded-full border border-transparent transition-colors',
        'after:absolute after:-inset-1.5',
        'data-[state=checked]:bg-primary data-[state=unchecked]:bg-input',
        'aria-invalid:outline-destructive disabled:cursor-not-allowed disabled:opacity-50',
        className,
      )}
      {...props}
    >
      <Primitive.Thumb
        data-slot="switch-thumb"
        className={cn(
          'pointer-events-none block size-4.5 rounded-full bg-white shadow-xs transition-transform',
          'data-[state=checked]:translate-x-[1.1875rem] data-[state=unchecked]:translate-x-px',
          'dark:data-[state=checked]:bg-primary-foreground',
        )}
      />
    </Primitive.Root>
  )
}
