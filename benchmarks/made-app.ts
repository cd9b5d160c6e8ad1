import { createHash } from 'node:crypto'
import type { Artifact } from '@overskill/builder'

/** Published names that both servers know: a host has to be found among many. The first one is asked for. */
export const hostsOfBench = ['bench-app', ...Array.from({ length: 999 }, (_, index) => `other-app-${index}`)] as const

export type MadeApp = { artifact: Artifact; contents: Map<string, Uint8Array> }

/** Source-like text of a size: as compressible as code is, and different for each seed. */
export function codeText(seed: string, bytes: number): string {
  let text = ''
  for (let line = 0; text.length < bytes; line += 1) {
    const name = createHash('sha256').update(`${seed} ${line}`).digest('hex')
    text += `export const value${line} = { id: '${name.slice(0, 12)}', on: () => render(${name.charCodeAt(0)}) }\n`
  }
  return text.slice(0, bytes)
}

/** An artifact of these files, as a build makes it: what lies below `/assets/` and `/_v/` is immutable. */
export function makeApp(files: Record<string, string>): MadeApp {
  const contents = new Map<string, Uint8Array>()
  const listed = Object.entries(files).map(([path, text]) => {
    const content = Buffer.from(text)
    const hash = createHash('sha256').update(content).digest('hex')
    contents.set(hash, content)
    const type = path.endsWith('.html') ? 'text/html' : path.endsWith('.css') ? 'text/css' : 'text/javascript'
    return { path, hash, bytes: content.byteLength, type, immutable: /^\/(?:assets|_v)\//.test(path) }
  })
  const bytes = listed.reduce((sum, file) => sum + file.bytes, 0)
  const hash = createHash('sha256').update(JSON.stringify(listed)).digest('hex')
  return { artifact: { hash, files: listed, bytes }, contents }
}
