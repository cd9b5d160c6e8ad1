import { Slider as Primitive } from 'radix-ui'
import type { ComponentProps } from 'react'
import { cn } from '@/lib/cn'

/** One thumb per number in `value` (or `defaultValue`). Its `aria-label` names the thumbs. */
export function Slider({
  className,
  value,
  defaultValue,
  min = 0,
  max = 100,
  'aria-label': label,
  'aria-labelledby': labelledBy,
  'aria-describedby': describedBy,
  ...props
}: ComponentProps<typeof Primitive.Root>) {
  const thumbs = value ?? defaultValue ?? [min]
  return (
    <Primitive.Root
      data-slot="slider"
      value={value}
      defaultValue={defaultValue}
      min={min}
      max={max}
      className={cn(
        'relative flex w-full touch-none items-center py-2 select-none data-disabled:opacity-50',
        'data-[orientation=vertical]:h-44 data-[orientation=vertical]:w-auto data-[orientation=vertical]:flex-col',
        className,
      )}
      {...props}
    >
      <Primitive.Track
        data-slot="slider-track"
        className={cn(
          'relative grow overflow-hidden rounded-full bg-primary/15',
          'data-[orientation=horizontal]:h-1.5 data-[orientation=horizontal]:w-full data-[orientation=vertical]:w-1.5',
        )}
      >
        <Primitive.Range
          data-slot="slider-range"
          className="absolute bg-primary data-[orientation=horizontal]:h-full data-[orientation=vertical]:w-full"
        />
      </Primitive.Track>
      {thumbs.map((_, index) => (
        <Primitive.Thumb
          key={index}
          data-slot="slider-thumb"
          aria-label={label}
          aria-labelledby={labelledBy}
          aria-describedby={describedBy}
          className="block size-5 shrink-0 cursor-grab rounded-full border-2 border-primary bg-card shadow-xs active:cursor-grabbing"
        />
      ))}
    </Primitive.Root>
  )
}
