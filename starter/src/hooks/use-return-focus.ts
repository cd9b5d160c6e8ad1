import { useMemo, useRef } from 'react'

/**
 * Gives the focus back to what had it when a dialog opened, also when no trigger opened it (a shortcut, a state).
 * Spread the result on the content of the dialog.
 */
export function useReturnFocus() {
  const before = useRef<Element | null>(null)
  return useMemo(
    () => ({
      onOpenAutoFocus() {
        before.current = document.activeElement
      },
      onCloseAutoFocus(event: Event) {
        const element = before.current
        if (!(element instanceof HTMLElement) || !element.isConnected || element === document.body) return
        event.preventDefault()
        element.focus()
      },
    }),
    [],
  )
}
