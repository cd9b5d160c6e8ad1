import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { PreviewMessage, type PreviewReport } from '@overskill/protocol'
import { chromium, type Frame, type Page } from 'playwright-core'
import { vi } from 'vitest'
import { previewPageScript } from './preview-page-script.ts'

/** A studio that frames a previewed page of another site, both behind a real server and in a real browser. For tests. */
export type FramedPages = {
  readonly port: number
  /** Opens the page in the studio at `localhost`, which says hello once it is loaded unless `hello` is false. */
  open(page: AppPage, options?: { studio?: string; hello?: boolean }): Promise<OpenedPage>
  /** The page in a tab of its own. */
  openAlone(page: AppPage): Promise<Page>
  [Symbol.asyncDispose](): Promise<void>
}

/** What runs before our script, what stands in the page's head after it, and its body. */
export type AppPage = { before?: string; head?: string; body?: string }

export type OpenedPage = {
  tab: Page
  frame: Frame
  /** What the page has said so far, as the schema reads it. */
  messages(): Promise<PreviewMessage[]>
  reports(): Promise<PreviewReport[]>
  /** Waits until the page has told something that fits. */
  report<K extends PreviewReport['kind']>(
    kind: K,
    fits?: (report: Extract<PreviewReport, { kind: K }>) => boolean,
    timeoutMs?: number,
  ): Promise<Extract<PreviewReport, { kind: K }>>
  hello(): Promise<void>
}

export type Answer = (request: IncomingMessage, response: ServerResponse) => void

const args = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run']

const studioPage = (frame: string, hello: boolean): string => `<!doctype html><title>Studio</title><script>
globalThis.heard = []
addEventListener('message', (event) => {
  if (event.origin !== ${JSON.stringify(frame.replace(/\/$/, ''))}) heard.push({ type: 'stranger', origin: event.origin })
  else heard.push(event.data)
})
</script><iframe src="${frame}" style="width:600px;height:400px"></iframe><script>
globalThis.hello = () => document.querySelector('iframe').contentWindow.postMessage({ type: 'overskill:hello' }, '*')
document.querySelector('iframe').onload = () => { globalThis.loaded = true; ${hello ? 'hello()' : ''} }
</script>`

/** @param answers What the app's site answers, by path. */
export async function startFramedPages(answers: Record<string, Answer> = {}): Promise<FramedPages> {
  let shown: AppPage = {}
  let saysHello = true
  const server = createServer((request, response) => {
    const host = request.headers.host ?? ''
    const path = (request.url ?? '/').split('?')[0] ?? '/'
    const answer = answers[path]
    const isApp = host.startsWith('preview-')
    if (isApp && answer) return answer(request, response)
    response.writeHead(isApp && path !== '/' ? 404 : 200, { 'content-type': 'text/html; charset=utf-8' })
    if (isApp && path !== '/') return response.end('missing')
    const origins = [`http://localhost:${port}`, `http://127.0.0.1:${port}`]
    response.end(isApp ? appPage(shown, origins) : studioPage(`http://preview-abc123.localhost:${port}/`, saysHello))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const executablePath = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium'
  const browser = await chromium.launch({ executablePath, args })
  return {
    port,
    async open(page, { studio = `http://localhost:${port}/`, hello = true } = {}) {
      shown = page
      saysHello = hello
      const tab = await browser.newPage()
      await tab.goto(studio)
      await tab.waitForFunction(() => 'loaded' in globalThis)
      return opened(tab)
    },
    async openAlone(page) {
      shown = page
      const tab = await browser.newPage()
      await tab.goto(`http://preview-abc123.localhost:${port}/`)
      return tab
    },
    async [Symbol.asyncDispose]() {
      await browser.close()
      server.closeAllConnections()
      server.close()
    },
  }
}

const appPage = ({ before = '', head = '', body = '<h1>App</h1>' }: AppPage, origins: readonly string[]): string =>
  `<!doctype html><html><head><script>${before}</script><script>${previewPageScript(origins)}</script>${head}</head><body>${body}</body></html>`

function opened(tab: Page): OpenedPage {
  const frame = tab.frames().find((each) => each !== tab.mainFrame())
  if (!frame) throw new Error('The studio frames nothing')
  const messages = async (): Promise<PreviewMessage[]> =>
    PreviewMessage.array().parse(await tab.evaluate(() => (globalThis as unknown as { heard: unknown[] }).heard))
  const reports = async (): Promise<PreviewReport[]> =>
    (await messages()).flatMap((message) => (message.type === 'overskill:report' ? [message.report] : []))
  return {
    tab,
    frame,
    messages,
    reports,
    hello: () => tab.evaluate(() => (globalThis as unknown as { hello: () => void }).hello()),
    report: (kind, fits = () => true, timeoutMs = 8_000) =>
      vi.waitFor(
        async () => {
          const found = (await reports()).find((each) => each.kind === kind && fits(each as never))
          if (!found) throw new Error(`No ${kind} report yet: ${JSON.stringify(await messages()).slice(0, 2_000)}`)
          return found as never
        },
        { timeout: timeoutMs, interval: 50 },
      ),
  }
}
