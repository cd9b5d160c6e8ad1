import { createHotContext } from 'live:vite-client'
import { injectIntoGlobalHook } from 'live:react-refresh'
import { keepLastRender } from 'live:react-faults'
import { followStyle } from 'live:styles'

/** First of a live page's scripts: lets React refresh, follows styles, and brings a page back that an error had emptied. */
const STILL_BLANK_MS = 150

const refresh = globalThis as { $RefreshReg$?: unknown; $RefreshSig$?: unknown }
injectIntoGlobalHook(window)
refresh.$RefreshReg$ = () => undefined
refresh.$RefreshSig$ = () => (type: unknown) => type

const faults = keepLastRender()
const hot = createHotContext('/@live/client.js')
const revision = Number(document.querySelector<HTMLElement>('script[data-live-revision]')?.dataset['liveRevision'])

hot.on('live:style', followStyle)
hot.on('vite:ws:connect', () => hot.send('live:hello', { revision }))

let wasBlank = false
hot.on('vite:beforeUpdate', () => {
  wasBlank = isBlank()
  faults.beforeUpdate()
})
hot.on('vite:afterUpdate', () => {
  if (wasBlank) setTimeout(() => isBlank() && location.reload(), STILL_BLANK_MS)
})

/** Whether the page shows nothing: then the modules that would take an update may never have run. */
function isBlank(): boolean {
  const shown = document.body.querySelectorAll(':scope > :not(script, style, link, noscript, template)')
  return [...shown].every((element) => element.childElementCount === 0 && (element.textContent ?? '').trim() === '')
}
