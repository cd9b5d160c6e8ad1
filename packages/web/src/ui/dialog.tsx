import { X } from 'lucide-react'
import { useEffect, useId, useRef, type ReactNode } from 'react'
import { Button } from './button.tsx'
import { classes } from './classes.ts'
import { words } from './strings.ts'

type DialogProps = {
  open: boolean
  onClose: () => void
  title: string
  children: ReactNode
  /** For what is read rather than answered. */
  wide?: boolean
  /** Buttons at the end, the main one last. */
  actions?: ReactNode
}

/**
 * A modal dialog on the platform's own `<dialog>`: top layer, focus kept inside and given back, Escape closes.
 * Its content is drawn only while it is open.
 */
export function Dialog({ open, onClose, title, children, actions, wide = false }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null)
  const titleId = useId()
  useEffect(() => {
    const dialog = element.current
    if (!dialog || dialog.open === open) return
    if (open) dialog.showModal()
    else dialog.close()
  }, [open])
  return (
    <dialog
      ref={element}
      aria-labelledby={titleId}
      onClose={onClose}
      onClick={(event) => event.target === element.current && onClose()}
      className={classes(
        wide ? 'w-[min(56rem,calc(100vw-2rem))]' : 'w-[min(30rem,calc(100vw-2rem))]',
        'm-auto rounded-panel bg-panel p-0 text-ink shadow-float backdrop:bg-scrim open:animate-appear',
      )}
    >
      {open && (
        <div className="flex max-h-[calc(100dvh-4rem)] flex-col">
          <div className="flex items-center gap-2 px-4 pt-3 pb-2">
            <h2 id={titleId} className="min-w-0 flex-1 text-16 font-medium">
              {title}
            </h2>
            <Button tone="quiet" size="icon" aria-label={words.close} onClick={onClose}>
              <X />
            </Button>
          </div>
          <div className="min-h-0 relative overflow-y-auto px-4 pb-4">{children}</div>
          {actions && <div className="flex justify-end gap-2 border-t border-hairline px-4 py-3">{actions}</div>}
        </div>
      )}
    </dialog>
  )
}
