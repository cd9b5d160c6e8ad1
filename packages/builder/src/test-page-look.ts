import type { Browser, Page } from 'playwright-core'
import { assert } from '@overskill/protocol'
import type { CorpusRoute } from './test-corpus.ts'

/** For tests: how a page looks in a browser, and in what two pages differ. */

type ElementLook = {
  /** Its place: `html>body>div:0>h1:1`. */
  at: string
  classes: string[]
  attributes: Record<string, string>
  text: string
  style: Record<string, string>
  /** Left, top, width, height, in CSS pixels. */
  box: [number, number, number, number]
}

export type PageLook = {
  title: string
  url: string
  /** Links, metas and data scripts of the head, as text, sorted. */
  head: string[]
  elements: ElementLook[]
  /** Picture by picture: its natural size. */
  images: string[]
  fonts: string[]
  errors: string[]
  /** Answers that were refused and requests that failed, without hashes. */
  missing: string[]
}

const VIEW = { width: 1200, height: 800 }
const SETTLE_MS = 15_000

/** Opens a page as the route says, lets it settle, and looks at it. What lies on other hosts is out of reach. */
export async function lookAt(browser: Browser, origin: string, route: CorpusRoute): Promise<PageLook> {
  const context = await browser.newContext({
    viewport: VIEW,
    reducedMotion: 'reduce',
    locale: 'en-GB',
    timezoneId: 'UTC',
  })
  try {
    const page = await context.newPage()
    page.setDefaultTimeout(SETTLE_MS)
    const errors: string[] = []
    const missing: string[] = []
    await context.route(
      (url) => url.origin !== origin,
      (request) => request.abort('internetdisconnected'),
    )
    const plain = (text: string): string => withoutHashes(text.replaceAll(origin, ''))
    page.on('pageerror', (error) => errors.push(plain(error.message)))
    page.on('console', (message) => message.type() === 'error' && errors.push(firstLine(plain(message.text()))))
    page.on('response', (answer) => answer.status() >= 400 && missing.push(`${answer.status()} ${plain(answer.url())}`))
    page.on('requestfailed', (request) => missing.push(plain(request.url())))
    await settle(page, origin, route, () => errors)
    const look = await page.evaluate(describePage)
    return {
      ...look,
      url: plain(page.url()),
      head: look.head.map(plain).toSorted(),
      errors: [...new Set(errors)].toSorted(),
      missing: [...new Set(missing)].toSorted(),
    }
  } finally {
    await context.close()
  }
}

async function settle(page: Page, origin: string, route: CorpusRoute, errors: () => string[]): Promise<void> {
  const there = async (selector: string): Promise<void> => {
    const found = page.locator(selector).first().waitFor({ state: 'attached' })
    await found.catch(() => assert(false, `${route.path} shows ${selector}; the page said ${errors().join(' | ')}`))
  }
  await page.goto(origin + route.path, { waitUntil: 'load' })
  for (const selector of [route.until, ...route.also]) await there(selector)
  if (route.click) await page.locator(route.click).first().click()
  if (route.after) await there(route.after)
  await page.mouse.move(VIEW.width - 1, VIEW.height - 1)
  await page.waitForLoadState('networkidle')
  await page.evaluate(async () => {
    await document.fonts.ready
    const finite = document.getAnimations().filter((item) => Number.isFinite(item.effect?.getComputedTiming().endTime))
    await Promise.allSettled(finite.map((item) => item.finished))
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))
  })
}

/** Runs in the page, so it holds all that it needs. */
function describePage(): Omit<PageLook, 'url' | 'errors' | 'missing'> {
  const properties = [
    'align-items',
    'animation-name',
    'background-color',
    'background-image',
    'background-position',
    'background-size',
    'border-block-color',
    'border-inline-width',
    'border-block-width',
    'border-inline-style',
    'border-radius',
    'box-shadow',
    'color',
    'column-count',
    'content',
    'cursor',
    'direction',
    'display',
    'fill',
    'filter',
    'flex-direction',
    'font-family',
    'font-size',
    'font-style',
    'font-weight',
    'gap',
    'grid-template-columns',
    'justify-content',
    'letter-spacing',
    'line-height',
    'list-style-type',
    'margin',
    'opacity',
    'outline-style',
    'overflow',
    'padding',
    'position',
    'stroke',
    'text-align',
    'text-decoration',
    'text-transform',
    'text-wrap',
    'transform',
    'transition-property',
    'visibility',
    'white-space',
    'writing-mode',
    'z-index',
  ]
  const plain = (text: string): string =>
    text
      .replaceAll(location.origin, '')
      .replaceAll(/-?\d+\.\d+(?=px)/g, (number) => String(Math.round(Number(number) * 100) / 100)) // minifiers round
      .replaceAll(/url\("?(?:data:|\/assets\/)[^)]*\)/g, 'url(asset)')
      .replace(/^(?:data:|\/assets\/).*$/s, 'asset')
  const skipped = new Set(['SCRIPT', 'STYLE', 'LINK', 'META', 'TITLE', 'NOSCRIPT', 'TEMPLATE', 'HEAD'])
  const styleOf = (element: Element): Record<string, string> => {
    const own = getComputedStyle(element)
    const style = Object.fromEntries(properties.map((name) => [name, plain(own.getPropertyValue(name))]))
    for (const pseudo of ['::before', '::after']) {
      const made = getComputedStyle(element, pseudo)
      if (made.content === 'none' || made.content === 'normal') continue
      for (const name of ['content', 'color', 'display', 'width', 'margin'])
        style[pseudo + name] = plain(made.getPropertyValue(name))
    }
    return style
  }
  const elements: ElementLook[] = []
  const visit = (element: Element, at: string): void => {
    if (skipped.has(element.tagName)) return
    const { x, y, width, height } = element.getBoundingClientRect()
    const attributes: Record<string, string> = {}
    for (const { name, value } of element.attributes) if (name !== 'class') attributes[name] = plain(value)
    const text = [...element.childNodes]
      .filter((node) => node.nodeType === Node.TEXT_NODE)
      .map((node) => node.textContent)
    elements.push({
      at,
      classes: (element.getAttribute('class') ?? '').split(/\s+/).filter(Boolean),
      attributes,
      text: text.join('|').replaceAll(/\s+/g, ' ').trim(),
      style: styleOf(element),
      box: [x + scrollX, y + scrollY, width, height],
    })
    const children = [...element.children].filter((child) => !skipped.has(child.tagName))
    children.forEach((child, index) => visit(child, `${at}>${child.tagName.toLowerCase()}:${index}`))
  }
  visit(document.documentElement, 'html')
  const links = [...document.querySelectorAll('link:not([rel=stylesheet]):not([rel=modulepreload]):not([rel=preload])')]
  const link = (node: Element): string => `link ${node.getAttribute('rel')} ${plain(node.getAttribute('href') ?? '')}`
  const meta = (node: Element): string => `meta ${[...node.attributes].map(({ value }) => plain(value)).join(' ')}`
  return {
    title: document.title,
    head: [
      ...links.map(link),
      ...[...document.querySelectorAll('meta')].map(meta),
      ...[...document.querySelectorAll('script[type="application/ld+json"]')].map((node) => `ld ${node.textContent}`),
    ],
    elements,
    images: [...document.images].map((image) => `${image.naturalWidth}×${image.naturalHeight} ${image.alt}`),
    fonts: [...document.fonts].map((font) => `${font.family} ${font.weight} ${font.status}`).toSorted(),
  }
}

/** `/assets/logo-C3x_9aBc.svg` and `/assets/logo-0123456789.svg` are the same file, named by two builders. */
const withoutHashes = (text: string): string => text.replaceAll(/\/(?:assets|_v)\/[\w./@-]+/g, '/assets/…')

/** The rest is a stack, whose places differ between two bundles. */
const firstLine = (text: string): string => text.split('\n')[0] ?? ''

const MAX_DIFFERENCES = 25

/** In what ours differs from theirs, in words; empty when they look the same. */
export function compareLooks(ours: PageLook, theirs: PageLook): string[] {
  const differences: string[] = []
  const same = (what: string, our: unknown, their: unknown): void => {
    const [a, b] = [JSON.stringify(our), JSON.stringify(their)]
    if (a !== b) differences.push(`${what}: ours ${a}, theirs ${b}`)
  }
  same('title', ours.title, theirs.title)
  same('url', ours.url, theirs.url)
  same('head', ours.head, theirs.head)
  same('images', ours.images, theirs.images)
  same('fonts', ours.fonts, theirs.fonts)
  for (const error of ours.errors) if (!theirs.errors.includes(error)) differences.push(`error only in ours: ${error}`)
  for (const url of ours.missing) if (!theirs.missing.includes(url)) differences.push(`missing only in ours: ${url}`)
  same(
    'elements',
    ours.elements.map(({ at }) => at),
    theirs.elements.map(({ at }) => at),
  )
  const names = createNameMatch()
  for (const [index, our] of ours.elements.entries()) {
    const their = theirs.elements[index]
    if (!their || their.at !== our.at) break
    if (!names(our.classes, their.classes)) same(`classes of ${our.at}`, our.classes, their.classes)
    same(`text of ${our.at}`, our.text, their.text)
    compareRecords(our.attributes, their.attributes, (name, a, b) => same(`${name} of ${our.at}`, a, b))
    compareRecords(our.style, their.style, (name, a, b) => {
      if (name !== 'animation-name' || !names([a ?? ''], [b ?? ''])) same(`style ${name} of ${our.at}`, a, b)
    })
    if (our.box.some((side, at) => Math.abs(side - (their.box[at] ?? 0)) > 1))
      same(`box of ${our.at}`, our.box, their.box)
  }
  return differences.slice(0, MAX_DIFFERENCES)
}

function compareRecords(
  ours: Record<string, string>,
  theirs: Record<string, string>,
  differ: (name: string, our: string | undefined, their: string | undefined) => void,
): void {
  for (const name of new Set([...Object.keys(ours), ...Object.keys(theirs)]))
    if (ours[name] !== theirs[name]) differ(name, ours[name], theirs[name])
}

/** Names of CSS modules differ, but one of ours always stands for the same one of theirs, and the other way round. */
function createNameMatch(): (ours: readonly string[], theirs: readonly string[]) => boolean {
  const forward = new Map<string, string>()
  const backward = new Map<string, string>()
  return (ours, theirs) =>
    ours.length === theirs.length &&
    ours.every((our, index) => {
      const their = theirs[index] ?? ''
      const known = [forward.get(our) ?? their, backward.get(their) ?? our]
      forward.set(our, their)
      backward.set(their, our)
      return known[0] === their && known[1] === our
    })
}
