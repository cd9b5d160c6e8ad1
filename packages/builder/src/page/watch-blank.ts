import type { PageOutbox } from './page-outbox.ts'

/** How long nothing must be seen before the page counts as blank, and how often one looks. */
const blankMs = 2_000
const lookMs = 250
/** After an error one looks this long for the page to vanish. */
const watchMs = 3_000
const mostElements = 3_000

const shown = new Set(
  'img svg canvas video audio iframe object embed input textarea select button progress meter hr picture math'.split(
    ' ',
  ),
)
const unseen = new Set('script style template noscript link meta title head'.split(' '))

/**
 * Tells once that the page shows nothing: looked for after it was loaded and after each error that nobody caught.
 *
 * @returns Call it after such an error.
 */
export function watchBlank(outbox: PageOutbox): () => void {
  const later = window.setTimeout.bind(window)
  const now = performance.now.bind(performance)
  let isTold = false
  let isLooking = false
  let until = 0

  function look(blankSince: number | undefined): void {
    const isBlank = isInView() && !showsSomething(document.body)
    const since = isBlank ? (blankSince ?? now()) : undefined
    if (since !== undefined && now() - since >= blankMs) {
      isTold = true
      outbox.report({ kind: 'blank', at: Date.now() })
    }
    isLooking = !isTold && (since !== undefined || now() < until)
    if (isLooking) later(look, lookMs, since)
  }
  function start(): void {
    if (isTold || document.readyState !== 'complete') return
    until = now() + watchMs
    if (isLooking) return
    isLooking = true
    later(look, 0, undefined)
  }
  window.addEventListener('load', () => later(start, 0))
  return start
}

/** A frame that is not drawn (another tab of the studio is in front) has no size: nothing can be said of it. */
const isInView = (): boolean => window.innerWidth > 0 && window.innerHeight > 0

/** Whether a person sees anything in it: words, pictures, controls, or an area of its own colour smaller than the page. */
function showsSomething(root: Element | null): boolean {
  if (!root) return false
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT)
  for (let count = 0, node = walker.nextNode(); node; node = walker.nextNode(), count += 1) {
    if (count >= mostElements) return true // so much is no blank page
    if (node instanceof Text) {
      const around = node.parentElement
      if (node.data.trim() !== '' && around && !unseen.has(around.localName) && isVisible(around)) return true
    } else if (node instanceof Element && isVisible(node) && (shown.has(node.localName) || isPainted(node))) return true
  }
  return false
}

function isVisible(element: Element): boolean {
  const { width, height } = element.getBoundingClientRect()
  if (width === 0 && height === 0) return false
  return element.checkVisibility?.({ opacityProperty: true, visibilityProperty: true }) ?? true
}

/** Elements with a shadow tree draw what cannot be walked. */
function isPainted(element: Element): boolean {
  if (element.shadowRoot) return true
  const { backgroundImage, backgroundColor } = getComputedStyle(element)
  if (backgroundImage !== 'none') return true
  if (backgroundColor === 'transparent' || /[,/]\s*0\)$/.test(backgroundColor)) return false
  const { width, height } = element.getBoundingClientRect()
  return width * height > 0 && width * height < window.innerWidth * window.innerHeight * 0.9
}
