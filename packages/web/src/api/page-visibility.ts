/** Whether somebody may be looking at the page. */
export type Visibility = {
  isHidden: () => boolean
  /** Told after each change; the returned function ends that. */
  onChange: (listener: () => void) => () => void
}

export const pageVisibility: Visibility = {
  isHidden: () => document.hidden,
  onChange(listener) {
    document.addEventListener('visibilitychange', listener)
    return () => document.removeEventListener('visibilitychange', listener)
  },
}

/** Calls once the page has been hidden for so long without a break; the returned function calls it off. */
export function afterHidden(visibility: Visibility, ms: number, onHidden: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  const look = (): void => {
    clearTimeout(timer)
    timer = visibility.isHidden() ? setTimeout(onHidden, ms) : undefined
  }
  const forget = visibility.onChange(look)
  look()
  return () => {
    clearTimeout(timer)
    forget()
  }
}

/** Waits until the page is looked at, or the signal aborts. */
export function untilVisible(visibility: Visibility, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (visibility.isHidden() && !signal.aborted) return
      forget()
      resolve()
    }
    const forget = visibility.onChange(look)
    signal.addEventListener('abort', look, { once: true })
    look()
  })
}
