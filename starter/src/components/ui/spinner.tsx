import { LoaderCircle } from 'lucide-react'
import type { ComponentProps } from 'react'
import { cn } from '@/lib/cn'

/** `label` is read aloud; pass `label={null}` where a text beside it already says what is going on. */
export function Spinner({
  className,
  label = 'Loading',
  ...props
}: ComponentProps<typeof LoaderCircle> & { label?: string | null }) {
  const announced = label === null ? { 'aria-hidden': true } : { role: 'status', 'aria-label': label }
  return <LoaderCircle data-slot="spinner" className={cn('size-4 animate-spin', className)} {...announced} {...props} />
}
