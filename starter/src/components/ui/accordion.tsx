import { ChevronDown } from 'lucide-react'
import { Accordion as Primitive } from 'radix-ui'
import type { ComponentProps } from 'react'
import { cn } from '@/lib/cn'

export function Accordion(props: ComponentProps<typeof Primitive.Root>) {
  return <Primitive.Root data-slot="accordion" {...props} />
}

export function AccordionItem({ className, ...props }: ComponentProps<typeof Primitive.Item>) {
  return <Primitive.Item data-slot="accordion-item" className={cn('border-b last:border-b-0', className)} {...props} />
}

type AccordionTriggerProps = ComponentProps<typeof Primitive.Trigger> & { as?: 'h2' | 'h3' | 'h4' }

/** `as` is the heading level in the page's outline. */
export function AccordionTrigger({ className, children, as: Heading = 'h3', ...props }: AccordionTriggerProps) {
  return (
    <Primitive.Header asChild>
      <Heading className="flex">
        <Primitive.Trigger
          data-slot="accordion-trigger"
          className={cn(
            'flex flex-1 items-center justify-between gap-4 rounded-md py-4 text-left text-sm font-medium',
            'transition-colors hover:text-primary disabled:pointer-events-none disabled:opacity-50',
            '[&[data-state=open]>svg]:rotate-180',
            className,
          )}
          {...props}
        >
          {children}
          <ChevronDown
            aria-hidden="true"
            className="size-4 shrink-0 text-muted-foreground transition-transform duration-200"
          />
        </Primitive.Trigger>
      </Heading>
    </Primitive.Header>
  )
}

export function AccordionContent({ className, children, ...props }: ComponentProps<typeof Primitive.Content>) {
  return (
    <Primitive.Content
      data-slot="accordion-content"
      className="overflow-hidden text-sm data-[state=closed]:animate-fold data-[state=open]:animate-unfold"
      {...props}
    >
      <div className={cn('pb-4 text-muted-foreground', className)}>{children}</div>
    </Primitive.Content>
  )
}
