import { CircleAlert, CircleCheck, Info, LoaderCircle, TriangleAlert } from 'lucide-react'
import type { ComponentProps, CSSProperties } from 'react'
import { Toaster as Sonner } from 'sonner'
import { useTheme } from '@/components/theme-provider'

/** Already in `main.tsx`. Anywhere else: `import { toast } from 'sonner'`, then `toast.success('Saved')`. */
export function Toaster(props: ComponentProps<typeof Sonner>) {
  const { shown } = useTheme()
  return (
    <Sonner
      theme={shown}
      icons={{
        success: <CircleCheck aria-hidden="true" className="size-4 text-success" />,
        info: <Info aria-hidden="true" className="size-4 text-muted-foreground" />,
        warning: <TriangleAlert aria-hidden="true" className="size-4" />,
        error: <CircleAlert aria-hidden="true" className="size-4 text-destructive" />,
        loading: <LoaderCircle aria-hidden="true" className="size-4 animate-spin" />,
      }}
      style={
        {
          fontFamily: 'inherit',
          '--normal-bg': 'var(--popover)',
          '--normal-text': 'var(--popover-foreground)',
          '--normal-border': 'var(--border)',
          '--border-radius': 'var(--radius)',
        } as CSSProperties
      }
      {...props}
    />
  )
}
