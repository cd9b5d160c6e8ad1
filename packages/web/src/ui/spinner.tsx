import { LoaderCircle } from 'lucide-react'
import { classes } from './classes.ts'

/** Something runs. The words beside it say what. */
export const Spinner = ({ className }: { className?: string }) => (
  <LoaderCircle
    aria-hidden
    className={classes('size-4 shrink-0 animate-turn text-accent', className)}
    strokeWidth={1.5}
  />
)
