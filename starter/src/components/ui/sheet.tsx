import { X } from 'lucide-react'
import { Dialog as Primitive } from 'radix-ui'
import type { ComponentProps } from 'react'
import { useReturnFocus } from '@/hooks/use-return-focus'
import { cn } from '@/lib/cn'

const sides = {
  right: 'inset-y-0 right-0 h-full w-[min(24rem,calc(100%-3rem))] border-l [--panel-x:100%]',
  left: 'inset-y-0 left-0 h-full w-[min(24rem,calc(100%-3rem))] border-r [--panel-x:-100%]',
  top: 'inset-x-0 top-0 max-h-[85svh] rounded-b-xl border-b [--panel-y:-100%]',
  bottom: 'inset-x-0 bottom-0 max-h-[85svh] rounded-t-xl border-t [--panel-y:100%]',
}

/** A panel from an edge of the screen: a menu on a phone, a form beside a list. */
export function Sheet(props: ComponentProps<typeof Primitive.Root>) {
  return <Primitive.Root {...props} />
}

export function SheetTrigger(props: ComponentProps<typeof Primitive.Trigger>) {
  return <Primitive.Trigger data-slot="sheet-trigger" {...props} />
}

export function SheetClose(props: ComponentProps<typeof Primitive.Close>) {
  return <Primitive.Close data-slot="sheet-close" {...props} />
}

type SheetContentProps = ComponentProps<typeof Primitive.Content> & {
  side?: keyof typeof sides
  /** What the × in the corner is called. */
  closeLabel?: string
}

/** Needs a SheetTitle inside (with the class `sr-only` if it should not be seen). */
export function SheetContent({
  className,
  children,
  side = 'right',
  closeLabel = 'Close',
  ...props
}: SheetContentProps) {
  const returnFocus = useReturnFocus()
  return (
    <Primitive.Portal>
      <Primitive.Overlay
        data-slot="sheet-overlay"
        className="fixed inset-0 z-50 bg-black/45 data-[state=closed]:animate-fade-out data-[state=open]:animate-fade-in"
      />
      <Primitive.Content
        data-slot="sheet-content"
        className={cn(
          'fixed z-50 flex flex-col gap-4 overflow-y-auto bg-popover p-5 text-popover-foreground shadow-lg outline-none',
          'data-[state=closed]:animate-panel-out data-[state=open]:animate-panel-in',
          sides[side],
          className,
        )}
        {...returnFocus}
        {...props}
      >
        {children}
        <Primitive.Close
          aria-label={closeLabel}
          className="absolute top-3.5 right-3.5 flex size-8 items-center justify-center rounded-md text-muted-foreground transition-colors hover:bg-accent hover:text-accent-foreground"
        >
          <X aria-hidden="true" className="size-4" />
        </Primitive.Close>
      </Primitive.Content>
    </Primitive.Portal>
  )
}

export function SheetHeader({ className, ...props }: ComponentProps<'div'>) {
  return <div data-slot="sheet-header" className={cn('flex flex-col gap-1 pr-8', className)} {...props} />
}

export function SheetTitle({ className, ...props }: ComponentProps<typeof Primitive.Title>) {
  return <Primitive.Title data-slot="sheet-title" className={cn('text-lg font-semibold', className)} {...props} />
}

export function SheetDescription({ className, ...props }: ComponentProps<typeof Primitive.Description>) {
  return (
    <Primitive.Description
      data-slot="sheet-description"
      className={cn('text-sm text-muted-foreground', className)}
      {...props}
    />
  )
}

export function SheetFooter({ className, ...props }: ComponentProps<'div'>) {
  return <div data-slot="sheet-footer" className={cn('mt-auto flex flex-col gap-2', className)} {...props} />
}
