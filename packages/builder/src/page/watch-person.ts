import type { PageOutbox } from './page-outbox.ts'

const pathMs = 50

/** Tells where in the app one is, when that changes by itself or by a person. */
export function watchPath(outbox: PageOutbox): void {
  const later = window.setTimeout.bind(window)
  let told: string | undefined
  let isWaiting = false
  const tell = (): void => {
    isWaiting = false
    const path = `${location.pathname}${location.search}${location.hash}`.slice(0, 2_000)
    if (path === told) return
    told = path
    outbox.path(path)
  }
  const soon = (): void => {
    if (isWaiting) return
    isWaiting = true // one word for many steps
    later(tell, pathMs)
  }
  for (const name of ['pushState', 'replaceState'] as const) {
    const original = History.prototype[name]
    History.prototype[name] = function (...given) {
      original.apply(this, given)
      soon()
    }
  }
  window.addEventListener('popstate', soon)
  window.addEventListener('hashchange', soon)
  tell()
}

/** Tells once that a person typed into a field. What the app's own code does to a field does not count. */
export function watchTouch(outbox: PageOutbox): void {
  const kinds = ['input', 'keydown', 'paste'] as const
  const noticed = (event: Event): void => {
    const field = event.composedPath()[0]
    if (!event.isTrusted || !(field instanceof Element) || !isField(field)) return
    for (const kind of kinds) window.removeEventListener(kind, noticed, true)
    outbox.touched()
  }
  for (const kind of kinds) window.addEventListener(kind, noticed, { capture: true, passive: true })
}

const isField = (element: Element): boolean =>
  element.matches('input, textarea, select') || (element instanceof HTMLElement && element.isContentEditable)
