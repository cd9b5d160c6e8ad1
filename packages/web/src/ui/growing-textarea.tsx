import type { ComponentProps } from 'react'
import { classes } from './classes.ts'

type GrowingTextareaProps = Omit<ComponentProps<'textarea'>, 'value'> & {
  value: string
  lines: [least: number, most: number]
}

const lineRem = 1.25

/** A text field as high as its text, between two numbers of lines; beyond the greater one it scrolls. */
export const GrowingTextarea = ({ lines: [least, most], className, value, ...rest }: GrowingTextareaProps) => (
  <textarea
    value={value}
    rows={least}
    dir="auto"
    style={{ minHeight: `${least * lineRem}rem`, maxHeight: `${most * lineRem}rem` }}
    className={classes('block field-sizing-content w-full resize-none bg-transparent text-14 outline-none', className)}
    {...rest}
  />
)
