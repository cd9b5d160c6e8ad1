import { ChevronDown, ChevronLeft, ChevronRight, ChevronUp } from 'lucide-react'
import type { ComponentProps } from 'react'
import { DateLib, DayPicker, type labelDayButton } from 'react-day-picker'
import { buttonVariants } from '@/components/ui/button'
import { cn } from '@/lib/cn'

const arrows = { left: ChevronLeft, right: ChevronRight, up: ChevronUp, down: ChevronDown }
const step = cn(buttonVariants({ variant: 'ghost', size: 'icon' }), 'size-8')

/** `mode="single" | "multiple" | "range"` with `selected` and `onSelect`; another language by `locale` (react-day-picker/locale). */
export function Calendar({
  className,
  classNames,
  labels,
  showOutsideDays = true,
  ...props
}: ComponentProps<typeof DayPicker>) {
  return (
    <DayPicker
      showOutsideDays={showOutsideDays}
      className={cn('w-fit p-3', className)}
      classNames={{
        root: 'relative',
        months: 'flex flex-col gap-4 sm:flex-row',
        month: 'flex flex-col gap-3',
        nav: 'absolute inset-x-3 top-3 z-10 flex justify-between',
        button_previous: step,
        button_next: step,
        month_caption: 'flex h-8 items-center justify-center px-9',
        caption_label: 'inline-flex items-center gap-1 text-sm font-medium',
        dropdowns: 'flex items-center gap-2 text-sm font-medium',
        dropdown_root:
          'relative rounded-md border border-input px-2 py-1 has-focus-visible:outline-2 has-focus-visible:outline-ring',
        dropdown: 'absolute inset-0 cursor-pointer opacity-0',
        month_grid: 'w-full border-collapse',
        weekdays: 'flex',
        weekday: 'w-9 text-xs font-normal text-muted-foreground',
        week: 'mt-1 flex w-full',
        week_number: 'w-9 text-xs text-muted-foreground',
        day: 'group size-9 p-0 text-center text-sm tabular-nums',
        day_button: cn(
          'flex size-9 items-center justify-center rounded-md transition-colors hover:bg-accent hover:text-accent-foreground',
          'group-data-[selected=true]:bg-primary group-data-[selected=true]:text-primary-foreground',
          'disabled:pointer-events-none',
        ),
        today: '[&:not([data-selected=true])>button]:bg-accent [&>button]:font-semibold',
        outside: '[&:not([data-selected=true])]:text-muted-foreground',
        disabled: 'text-muted-foreground line-through opacity-60',
        hidden: 'invisible',
        range_start: 'rounded-l-md bg-accent',
        range_middle: cn(
          'bg-accent [&>button]:rounded-none [&[data-selected=true]>button]:bg-transparent',
          '[&[data-selected=true]>button]:text-accent-foreground',
        ),
        range_end: 'rounded-r-md bg-accent',
        ...classNames,
      }}
      labels={{ labelDayButton: dayLabel, ...labels }}
      components={{
        Chevron: ({ orientation = 'right', className: iconClass }) => {
          const Arrow = arrows[orientation]
          return <Arrow aria-hidden="true" className={cn('size-4', iconClass)} />
        },
      }}
      {...props}
    />
  )
}

/** "Sunday 1 November 2026": holds the very number that is seen, so that one can ask for it by voice. */
const dayLabel: typeof labelDayButton = (date, modifiers, options, dateLib) => {
  const day = (dateLib ?? new DateLib(options)).format(date, 'EEEE d MMMM yyyy')
  return [modifiers.today && 'Today', day, modifiers.selected && 'selected'].filter(Boolean).join(', ')
}
