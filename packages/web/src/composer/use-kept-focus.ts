import { useLayoutEffect, useRef, type FocusEvent, type RefObject } from 'react'

/**
 * Keeps the focus in a list whose rows move and go: when what had it is gone, the control of the same name in the row at its
 * place gets it, or `otherwise` when no row is left. Only controls with an `aria-label` are told apart.
 */
export function useKeptFocus(otherwise: RefObject<HTMLElement | null>) {
  const list = useRef<HTMLOListElement>(null)
  const last = useRef<{ place: number; label: string | null }>(undefined)
  useLayoutEffect(() => {
    if (!last.current || document.activeElement !== document.body) return
    const { place, label } = last.current
    const rows = [...(list.current?.children ?? [])]
    const buttons = [...(rows[Math.min(place, rows.length - 1)]?.querySelectorAll('button') ?? [])]
    const target = buttons.find((button) => button.getAttribute('aria-label') === label) ?? buttons[0]
    ;(target ?? otherwise.current)?.focus()
  })
  return {
    ref: list,
    onFocus: ({ currentTarget, target }: FocusEvent<HTMLOListElement>): void => {
      const place = [...currentTarget.children].findIndex((row) => row.contains(target))
      last.current = { place, label: target.getAttribute('aria-label') ?? last.current?.label ?? null }
    },
    // A row that is taken away tells of no blur: this one was a person's.
    onBlur: (): void => void (last.current = undefined),
  }
}
