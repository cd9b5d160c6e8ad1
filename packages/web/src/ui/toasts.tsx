import { Check, CircleAlert, X } from 'lucide-react'
import { useSyncExternalStore } from 'react'
import { Button } from './button.tsx'
import { words } from './strings.ts'

type Toast = {
  id: number
  text: string
  tone: 'done' | 'problem'
  action: { label: string; run: () => void } | undefined
}

const showMs = 8_000
let toasts: readonly Toast[] = []
let nextId = 1
const listeners = new Set<() => void>()

const change = (next: readonly Toast[]): void => {
  toasts = next
  for (const listener of listeners) listener()
}

const dismiss = (id: number): void => change(toasts.filter((toast) => toast.id !== id))

/** Says something at the lower edge for 8 seconds; one that offers an action or tells a problem stays until it is closed. */
export function toast(text: string, options: { tone?: Toast['tone']; action?: Toast['action'] } = {}): void {
  const id = nextId
  nextId += 1
  change([...toasts.slice(-2), { id, text, tone: options.tone ?? 'done', action: options.action }])
  if (options.tone !== 'problem' && !options.action) setTimeout(() => dismiss(id), showMs)
}

const subscribe = (onChange: () => void): (() => void) => {
  listeners.add(onChange)
  return () => listeners.delete(onChange)
}

/** Where toasts appear; one in the page. */
export function Toasts() {
  const shown = useSyncExternalStore(subscribe, () => toasts)
  return (
    <div
      role="status"
      className="pointer-events-none fixed inset-x-4 top-14 z-50 flex flex-col items-end gap-2 sm:top-auto sm:bottom-4"
    >
      {shown.map(({ id, text, tone, action }) => (
        <div
          key={id}
          className="pointer-events-auto flex max-w-110 animate-appear items-center gap-2 rounded-panel bg-raised py-1.5 pr-1.5 pl-3 text-13 shadow-float"
        >
          {tone === 'problem' ? (
            <CircleAlert className="size-4 shrink-0 text-danger" strokeWidth={1.5} />
          ) : (
            <Check className="size-4 shrink-0 text-success" strokeWidth={1.5} />
          )}
          <span className="min-w-0 py-1 wrap-anywhere">{text}</span>
          {action && (
            <Button
              size="small"
              onClick={() => {
                dismiss(id)
                action.run()
              }}
            >
              {action.label}
            </Button>
          )}
          <Button tone="quiet" size="icon-small" aria-label={words.close} onClick={() => dismiss(id)}>
            <X />
          </Button>
        </div>
      ))}
    </div>
  )
}
