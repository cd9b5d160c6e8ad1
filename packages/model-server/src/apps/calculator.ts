import type { BuildIntent } from '../sample/intent.ts'
import { quoted } from '../sample/words.ts'
import { renderTemplates, type AppFile } from './templates.ts'

/** All files of the calculator over the starter. Only its name comes from the prompt. */
export function calculatorFiles({ name }: Extract<BuildIntent, { kind: 'calculator' }>): AppFile[] {
  const data = `/** What the app is called, and where the browser keeps its history. */
export const app = {
  name: ${quoted(name)},
  tagline: 'Type on the keys or on your keyboard.',
  storageKey: 'calculations',
}
`
  return [{ path: 'src/data/app.ts', content: data }, ...renderTemplates('calculator', {})]
}
