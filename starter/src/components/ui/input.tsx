import type { ComponentProps } from 'react'
import { cn } from '@/lib/cn'

/** Needs a label: `<Label htmlFor>` or `aria-label`. Text is 16 px on phones so that they do not zoom in. */
export function Input({ className, ...props }: ComponentProps<'input'>) {
  return (
    <input
      data-slot="input"
      className={cn(
        'flex h-9 w-full min-w-0 rounded-md border border-input bg-card px-3 py-1 text-base text-card-foreground md:text-sm',
        'transition-colors placeholder:text-muted-foreground',
        'file:mr-3 file:inline-flex file:h-7 file:border-0 file:bg-transparent file:text-sm file:font-medium',
        'focus-visible:outline-offset-0 aria-invalid:border-destructive aria-invalid:outline-destructive',
        'disabled:cursor-not-allowed disabled:opacity-50',
        className,
      )}
      {...props}
    />
  )
}
