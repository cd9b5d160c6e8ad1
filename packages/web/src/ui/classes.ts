import { clsx, type ClassValue } from 'clsx'
import { extendTailwindMerge } from 'tailwind-merge'

const merge = extendTailwindMerge({
  extend: { theme: { text: ['12', '13', '14', '16', '20', '28'], radius: ['control', 'panel', 'full'] } },
})

/** Joins class names; of two that set the same property the later one wins. */
export const classes = (...values: ClassValue[]): string => merge(clsx(values))
