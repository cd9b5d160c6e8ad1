import type { StandIn } from './stand-in-state.ts'

/** The small page at every app's hosts. It answers the studio as a real one does, and says what a test makes it say (`say`). */
export function appPage(
  standIn: StandIn,
  { host, path, studio }: { host: string; path: string; studio: string },
): { status: number; html: string } {
  const [, kind = '', id = ''] = /^(live|preview)-([a-z0-9]{6})\./.exec(host) ?? []
  if (kind === 'live' && standIn.liveStatus !== 200)
    return { status: standIn.liveStatus, html: '<!doctype html><html lang="en"><p>There is no live page.' }
  const version = id && standIn.app(id).snapshot.deployments.find((one) => one.status === 'live')?.version
  const words = kind === 'live' ? 'Live page' : `Version ${version ?? 0}`
  const titles = ['The Left Hand of Darkness', 'Middlemarch', 'The Rings of Saturn']
  return {
    status: 200,
    html: `<!doctype html><html lang="en"><title>${host}</title><body style="margin:0;font:16px system-ui;background:#eef6f0;color:#123">
    <main style="padding:40px;max-width:720px"><h1>Reading list</h1><p>${words}, <span id="path">${path}</span></p>
    ${titles.map((title) => `<p style="padding:12px 16px;background:#fff;border-radius:8px">${title}</p>`).join('')}
    <p><label>Note <input name="note"></label> <a href="/books/7">Book 7</a></p>
    </main><script>${pageScript(studio)}</script></body></html>`,
  }
}

const pageScript = (studio: string): string => `
  const studio = ${JSON.stringify(studio)}
  let told = false
  const waiting = []
  globalThis.say = (...messages) => {
    if (told) for (const message of messages) parent.postMessage(message, studio)
    else waiting.push(...messages)
  }
  const sayPath = () => say({ type: 'overskill:path', path: location.pathname + location.search + location.hash })
  addEventListener('message', (event) => {
    if (event.source !== parent || event.origin !== studio || event.data?.type !== 'overskill:hello') return
    told = true
    say({ type: 'overskill:ready' })
    sayPath()
    say(...waiting.splice(0))
  })
  addEventListener('input', () => say({ type: 'overskill:touched' }))
  addEventListener('click', (event) => {
    if (event.target.tagName !== 'A') return
    event.preventDefault()
    history.pushState(null, '', event.target.href)
    document.querySelector('#path').textContent = location.pathname
    sayPath()
  })`
