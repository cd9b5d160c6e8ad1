import { ChevronLeft, ChevronRight, Ellipsis } from 'lucide-react'
import { Slot } from 'radix-ui'
import type { ComponentProps } from 'react'
import { buttonVariants } from '@/components/ui/button'
import { cn } from '@/lib/cn'

export function Pagination({ className, ...props }: ComponentProps<'nav'>) {
  return (
    <nav
      data-slot="pagination"
      aria-label="Pages"
      className={cn('mx-auto flex w-full justify-center', className)}
      {...props}
    />
  )
}

export function PaginationContent({ className, ...props }: ComponentProps<'ul'>) {
  return <ul data-slot="pagination-content" className={cn('flex items-center gap-1', className)} {...props} />
}

export function PaginationItem(props: ComponentProps<'li'>) {
  return <li data-slot="pagination-item" {...props} />
}

type PaginationLinkProps = ComponentProps<'a'> & { isActive?: boolean; asChild?: boolean }

/** `asChild` takes a router Link or a button: `<PaginationLink asChild><Link to="?page=2">2</Link></PaginationLink>`. */
export function PaginationLink({ className, isActive, asChild = false, ...props }: PaginationLinkProps) {
  const Element = asChild ? Slot.Root : 'a'
  return (
    <Element
      data-slot="pagination-link"
      aria-current={isActive ? 'page' : undefined}
      className={cn(
        buttonVariants({ variant: isActive ? 'outline' : 'ghost', size: 'icon' }),
        'w-auto min-w-9 px-2 tabular-nums',
        className,
      )}
      {...props}
    />
  )
}

type StepProps = Omit<PaginationLinkProps, 'isActive' | 'asChild'> & { label?: string }

export function PaginationPrevious({ label = 'Previous', className, ...props }: StepProps) {
  return (
    <PaginationLink className={cn('gap-1.5 px-3', className)} {...props}>
      <ChevronLeft aria-hidden="true" />
      <span className="max-sm:sr-only">{label}</span>
    </PaginationLink>
  )
}

export function PaginationNext({ label = 'Next', className, ...props }: StepProps) {
  return (
    <PaginationLink className={cn('gap-1.5 px-3', className)} {...props}>
      <span className="max-sm:sr-only">{label}</span>
      <ChevronRight aria-hidden="true" />
    </PaginationLink>
  )
}

export function PaginationEllipsis({ className, ...props }: ComponentProps<'span'>) {
  return (
    <span
      data-slot="pagination-ellipsis"
      aria-hidden="true"
      className={cn('flex size-9 items-center justify-center', className)}
      {...props}
    >
      <Ellipsis className="size-4" />
    </span>
  )
}
