import MagicString from 'magic-string'
import { posix } from 'node:path'
import { parse, type DefaultTreeAdapterTypes } from 'parse5'
import { environmentPlaceholder } from '@overskill/protocol'
import { joinInApp, type AppFiles } from './app-files.ts'
import { isExternalUrl } from './css-urls.ts'
import type { Output } from './output.ts'
import { PRELOAD_TABLE_ID } from './preload.ts'
import type { Problems } from './problems.ts'

type Element = DefaultTreeAdapterTypes.Element
type Node = DefaultTreeAdapterTypes.Node

/** An app's page, read: the scripts and stylesheets that start it, and the places to change. */
export type Page = {
  /** Modules that the page starts, as paths below the app's root, in order. */
  entries: readonly string[]
  /** Stylesheets that the page links, as paths. */
  stylesheets: readonly string[]
  edits: MagicString
  headStart: number
  headEnd: number
}

const ASSET_ATTRIBUTES: Record<string, readonly string[]> = {
  img: ['src'],
  source: ['src'],
  video: ['src', 'poster'],
  audio: ['src'],
  link: ['href'],
  image: ['href'],
  input: ['src'],
  object: ['data'],
}
const INLINE_MODULE = 'index.html.inline-'

/**
 * Reads `index.html`: takes out the app's own module scripts and stylesheets, and names its assets.
 *
 * @param addInline Takes the text of a module script that stands in the page; returns the path it has from now on.
 */
export function readPage(
  files: AppFiles,
  output: Output,
  problems: Problems,
  addInline: (path: string, code: string) => void,
): Page | null {
  const text = files.text('index.html')
  if (text === undefined) {
    problems.add({ file: 'index.html', message: 'The app has no index.html.' })
    return null
  }
  const edits = new MagicString(text)
  const entries: string[] = []
  const stylesheets: string[] = []
  const inside = (target: string): string | null => {
    const path = isExternalUrl(target) ? null : joinInApp('index.html', target.split(/[?#]/)[0] ?? '')
    return path !== null && files.has(path) ? path : null
  }
  const take = (element: Element, path: string, into: string[]): void => {
    into.push(path)
    const place = element.sourceCodeLocation
    if (place) edits.remove(place.startOffset, place.endOffset)
  }
  const document = parse(text, { sourceCodeLocationInfo: true })
  for (const element of elementsOf(document)) {
    if (element.tagName === 'script' && attribute(element, 'type') === 'module') {
      const source = attribute(element, 'src')
      const path = source === undefined ? inlineModule(element, entries.length, addInline) : inside(source)
      if (path) take(element, path, entries)
      else if (source !== undefined && !isExternalUrl(source) && !files.has(`public${posix.resolve('/', source)}`))
        problems.addAt('index.html', [source], `"${source}" was not found in this app.`)
    } else if (element.tagName === 'link' && attribute(element, 'rel') === 'stylesheet') {
      const path = inside(attribute(element, 'href') ?? '')
      if (path) take(element, path, stylesheets)
    } else nameAssets(element, edits, text, files, output, inside)
  }
  return { entries, stylesheets, edits, ...headOf(document) }
}

/** Where the head begins and ends in the text. A page may leave its tags out: then both are where it would begin. */
function headOf(document: DefaultTreeAdapterTypes.Document): { headStart: number; headEnd: number } {
  const elements = [...elementsOf(document)]
  const place = (name: string) => elements.find((element) => element.tagName === name)?.sourceCodeLocation
  const doctype = document.childNodes.find((node) => node.nodeName === '#documentType')?.sourceCodeLocation
  const before = place('html')?.startTag?.endOffset ?? doctype?.endOffset ?? 0
  const headStart = place('head')?.startTag?.endOffset ?? before
  return { headStart, headEnd: place('head')?.endTag?.startOffset ?? headStart }
}

function inlineModule(element: Element, index: number, add: (path: string, code: string) => void): string {
  const code = element.childNodes.map((child) => ('value' in child ? child.value : '')).join('')
  const path = `${INLINE_MODULE}${index}.js`
  add(path, code)
  return path
}

function nameAssets(
  element: Element,
  edits: MagicString,
  text: string,
  files: AppFiles,
  output: Output,
  inside: (target: string) => string | null,
): void {
  for (const name of ASSET_ATTRIBUTES[element.tagName] ?? []) {
    const place = element.sourceCodeLocation?.attrs?.[name]
    const value = attribute(element, name)
    const path = value === undefined ? null : inside(value)
    const bytes = path === null ? undefined : files.bytes(path)
    if (!place || !path || !bytes || text.slice(place.startOffset, place.endOffset) === '') continue
    const url = path.startsWith('public/') ? path.slice('public'.length) : output.addHashed(posix.basename(path), bytes)
    edits.overwrite(place.startOffset, place.endOffset, `${name}="${url}"`)
  }
}

/** What the finished page loads, as URLs. `lazy`: what each lazily imported module needs, by its path in the app. */
export type PageLinks = {
  scripts: readonly string[]
  preloads: readonly string[]
  stylesheets: readonly string[]
  lazy: Readonly<Record<string, readonly string[]>>
}

/** The page as it is served, with the placeholder for environment values first in its head. */
export function writePage(page: Page, links: PageLinks): string {
  const url = (value: string): string => value.replaceAll('&', '&amp;').replaceAll('"', '&quot;')
  const lines = [
    ...links.scripts.map((src) => `<script type="module" crossorigin src="${url(src)}"></script>`),
    ...links.preloads.map((href) => `<link rel="modulepreload" crossorigin href="${url(href)}">`),
    ...links.stylesheets.map((href) => `<link rel="stylesheet" crossorigin href="${url(href)}">`),
  ]
  if (Object.keys(links.lazy).length > 0) {
    const table = JSON.stringify(links.lazy).replaceAll('<', String.raw`\u003c`)
    lines.push(`<script type="application/json" id="${PRELOAD_TABLE_ID}">${table}</script>`)
  }
  page.edits.appendLeft(page.headStart, `\n    ${environmentPlaceholder}`)
  page.edits.appendLeft(page.headEnd, lines.map((line) => `  ${line}\n  `).join(''))
  return page.edits.toString().replaceAll('%BASE_URL%', '/').replaceAll('%MODE%', 'production')
}

const attribute = (element: Element, name: string): string | undefined =>
  element.attrs.find((item) => item.name === name)?.value

/** In the order of the page; without recursion, which a page that nests deeply would exhaust. */
function* elementsOf(root: Node): Generator<Element> {
  const waiting = [root]
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    if ('tagName' in node) yield node
    if ('childNodes' in node) waiting.push(...node.childNodes.toReversed())
  }
}
