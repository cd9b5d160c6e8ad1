import { ChevronDown } from 'lucide-react'
import type { ComponentProps } from 'react'
import { classes } from './classes.ts'

/** The platform's own select, drawn quietly: keyboard, screen reader and phone already know it. */
export const Select = ({ className, children, ...rest }: ComponentProps<'select'>) => (
  <span className="relative inline-flex min-w-0 items-center">
    <select
      className={classes(
        'h-7 min-w-0 appearance-none truncate rounded-control bg-transparent pr-6 pl-2 text-13 text-muted transition-colors hover:bg-hover hover:text-ink disabled:opacity-45 [&>option]:bg-raised [&>option]:text-ink',
        className,
      )}
      {...rest}
    >
      {children}
    </select>
    <ChevronDown aria-hidden className="pointer-events-none absolute right-1.5 size-3.5 text-muted" strokeWidth={1.5} />
  </span>
)
