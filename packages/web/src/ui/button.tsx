import { cva, type VariantProps } from 'class-variance-authority'
import type { ComponentProps } from 'react'
import { classes } from './classes.ts'

const look = cva(
  'inline-flex shrink-0 items-center justify-center gap-1.5 rounded-control font-medium whitespace-nowrap transition-colors select-none disabled:opacity-45 aria-disabled:opacity-45 [&_svg]:size-4 [&_svg]:shrink-0 [&_svg]:stroke-[1.5]',
  {
    variants: {
      tone: {
        primary: 'bg-accent text-accent-ink hover:bg-accent-hover active:bg-accent',
        plain: 'border border-hairline bg-panel hover:bg-hover active:bg-pressed',
        quiet: 'text-muted hover:bg-hover hover:text-ink active:bg-pressed aria-expanded:bg-hover',
        danger: 'border border-hairline bg-panel text-danger-text hover:bg-danger-wash',
      },
      size: {
        small: 'h-6 px-2 text-12',
        medium: 'h-7 px-2.5 text-13',
        large: 'h-8 px-3 text-14',
        icon: 'size-7',
        'icon-small': 'size-6',
      },
    },
    defaultVariants: { tone: 'plain', size: 'medium' },
  },
)

type ButtonProps = ComponentProps<'button'> & VariantProps<typeof look>

export const Button = ({ tone, size, className, type = 'button', ...rest }: ButtonProps) => (
  <button type={type} className={classes(look({ tone, size }), className)} {...rest} />
)

type LinkButtonProps = ComponentProps<'a'> & VariantProps<typeof look>

/** Looks like a button, goes somewhere. */
export const LinkButton = ({ tone, size, className, ...rest }: LinkButtonProps) => (
  <a className={classes(look({ tone, size }), className)} {...rest} />
)
