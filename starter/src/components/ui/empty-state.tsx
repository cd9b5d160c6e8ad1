import type { ComponentProps, ComponentType, ReactNode } from 'react'
import { cn } from '@/lib/cn'

type EmptyStateProps = Omit<ComponentProps<'div'>, 'title'> & {
  /** A lucide icon: `icon={BookOpen}`. */
  icon?: ComponentType<{ className?: string }>
  title: ReactNode
  description?: ReactNode
  /** The heading level in the page's outline. */
  as?: 'h2' | 'h3' | 'div'
}

/** Says that nothing is here yet and why; its children are what to do about it (one Button, usually). */
export function EmptyState({
  className,
  icon: Icon,
  title,
  description,
  as: Heading = 'h2',
  children,
  ...props
}: EmptyStateProps) {
  return (
    <div
      data-slot="empty-state"
      className={cn(
        'flex flex-col items-center gap-1.5 rounded-xl border border-dashed px-6 py-12 text-center',
        className,
      )}
      {...props}
    >
      {Icon && (
        <span aria-hidden="true" className="mb-2 text-muted-foreground">
          <Icon className="size-7 stroke-[1.5]" />
        </span>
      )}
      <Heading className="font-semibold">{title}</Heading>
      {description && <p className="max-w-sm text-sm text-pretty text-muted-foreground">{description}</p>}
      {children && <div className="mt-3 flex flex-wrap justify-center gap-2">{children}</div>}
    </div>
  )
}
