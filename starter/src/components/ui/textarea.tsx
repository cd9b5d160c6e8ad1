import type { ComponentProps } from 'react'
import { cn } from '@/lib/cn'

/** Grows with its text. Needs a label: `<Label htmlFor>` or `aria-label`. */
export function Textarea({ className, ...props }: ComponentProps<'textarea'>) {
  return (
    <textarea
      data-slot="textarea"
      className={cn(
        'flex field-sizing-content min-h-20 w-full rounded-md border border-input bg-card px-3 py-2 text-base text-card-foreground md:text-sm',
        'transition-colors placeholder:text-muted-foreground',
        'focus-visible:outline-offset-0 aria-invalid:border-destructive aria-invalid:outline-destructive',
        'disabled:cursor-not-allowed disabled:opacity-50',
        className,
      )}
      {...props}
    />
  )
}
