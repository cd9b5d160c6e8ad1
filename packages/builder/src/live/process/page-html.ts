import { injectEnvironment, environmentPlaceholder } from '@overskill/protocol'
import { writePage } from '../../engine/html.ts'
import type { BuildError } from '@overskill/protocol'
import type { PageView } from './page-view.ts'

/** What the page's HTML says besides what its author wrote. */
export type PageParts = {
  env: Readonly<Record<string, string>>
  /** First of the page's scripts, as text; empty for none. */
  pageScript: string
  revision: number
  styles: readonly { path: string; use: string; css: string; revision: number }[]
  /** Modules that the page will ask for: fetched at once. */
  preloads: readonly string[]
}

const CLIENT = '/@live/client.js'

/** The page as it is served: the values and our scripts first, its styles in place, its modules asked for at once. */
export function writeLivePage(view: PageView, parts: PageParts): string {
  if (!view.page) return waitingPage([], parts)
  // Its places are changed while it is written, and it is written each time it is asked for.
  const page = { ...view.page, edits: view.page.edits.clone() }
  const html = writePage(page, {
    scripts: view.page.entries.map((path) => `/${path}`),
    preloads: parts.preloads,
    stylesheets: [],
    lazy: {},
  })
  const styles = parts.styles.map(
    ({ path, use, css, revision }) =>
      `<style data-live-style="${attribute(path)}" data-live-use="${use}" data-live-revision="${revision}">${css.replaceAll('</', '<\\/')}</style>`,
  )
  const client = `<script type="module" src="${CLIENT}" data-live-revision="${parts.revision}"></script>`
  const first = `${scriptOf(parts.pageScript)}${environmentPlaceholder}${client}${styles.join('')}`
  return injectEnvironment(
    html.replace(environmentPlaceholder, () => first),
    parts.env,
  )
}

/** What is shown before any version of the app could be: it gives way to the app by itself. */
export function waitingPage(errors: readonly BuildError[], parts: PageParts): string {
  const first = errors[0]
  const where = first?.file ? `${first.file}${first.line ? `:${first.line}` : ''}: ` : ''
  const words = first ? `${where}${first.message}` : 'It appears here by itself.'
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Not ready yet</title>
${scriptOf(parts.pageScript)}<script type="module" src="${CLIENT}" data-live-revision="${parts.revision}"></script>
<style>body{font:16px/1.5 system-ui,sans-serif;margin:15vh auto;max-width:36rem;padding:0 1rem;color-scheme:light dark}</style>
</head><body><h1>This app cannot be shown yet</h1><p>${text(words)}</p></body></html>`
}

const scriptOf = (code: string): string =>
  code === '' ? '' : `<script>${code.replaceAll(/<(?=\/script|!--)/gi, String.raw`\x3c`)}</script>`

const text = (value: string): string => value.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
const attribute = (value: string): string => value.replaceAll('&', '&amp;').replaceAll('"', '&quot;')
