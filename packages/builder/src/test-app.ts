import type { SourceTree } from './artifact.ts'
import { treeOf } from './test-builder.ts'

/** For tests: one app that uses every kind of import at once. Each result is text in an element of the page. */

/** A 1×1 picture, red. */
export const PICTURE = Uint8Array.from(
  Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==',
    'base64',
  ),
)

const main = `
import { StrictMode, lazy, Suspense, useState } from 'react'
import { createRoot } from 'react-dom/client'
import { BrowserRouter, Link, Route, Routes } from 'react-router'
import { Check, type LucideIcon } from 'lucide-react'
import * as R from 'radix-ui'
import { z } from 'zod'
import './index.css'
import styles from './card.module.css'
import { card } from './card.module.css'
import picture from './picture.png'
import drawing from './drawing.svg'
import publicPicture from '/in-public.png'
import text from './note.txt?raw'
import noteUrl from './note.txt?url'
import inlineCss from './inline.css?inline'
import data, { title } from './data.json'
import Echo from './echo?worker'
import { twice } from './twice.js'
import { label } from '@/lib/label'

const Chart = lazy(() => import('./pages/chart'))
const Icon: LucideIcon = Check
const eager = import.meta.glob('./words/*.ts', { eager: true, import: 'word' })
const later = import.meta.glob<{ word: string }>(['./words/*.ts', '!./words/two.ts'])
const raws = import.meta.glob('/src/*.txt', { query: '?raw', import: 'default', eager: true })
const schema = z.object({ n: z.number() })

function Counter() {
  const [n, setN] = useState(0)
  return <button id="counter" className="bg-red-500 px-[13px] font-bold" onClick={() => setN(n + 1)}>{n}</button>
}

function Home() {
  const env = import.meta.env
  const { VITE_GREETING } = import.meta.env
  return (
    <main>
      <Icon id="icon" />
      <Counter />
      <p id="module" className={styles.card + ' ' + styles['with-dash']}>{String(card === styles.card)}</p>
      <img id="picture" src={picture} />
      <img id="drawing" src={drawing} />
      <img id="public" src={publicPicture} />
      <img id="new-url" src={new URL('./picture.png', import.meta.url).href} />
      <p id="variable-url">{new URL(\`./\${'picture'}.png\`, import.meta.url).pathname}</p>
      <p id="raw">{text}</p>
      <p id="url">{noteUrl}</p>
      <p id="inline">{inlineCss}</p>
      <p id="json">{data.list.length + title}</p>
      <p id="js">{twice(21)}{label}</p>
      <p id="eager">{Object.entries(eager).map(([key, value]) => key + '=' + value).join(' ')}</p>
      <p id="later">{Object.keys(later).join(' ')}</p>
      <p id="raws">{JSON.stringify(raws)}</p>
      <p id="zod">{String(schema.safeParse({ n: 1 }).success)}{String(schema.safeParse({ n: 'x' }).success)}</p>
      <p id="env">{VITE_GREETING}|{env.VITE_GREETING}|{import.meta.env.VITE_MISSING ?? 'none'}|{env.MODE}|{import.meta.env.MODE}</p>
      <R.Separator.Root id="radix" />
      <Link id="to-chart" to="/chart">chart</Link>
    </main>
  )
}

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <BrowserRouter>
      <Routes>
        <Route index element={<Home />} />
        <Route path="chart" element={<Suspense fallback="…"><Chart /></Suspense>} />
      </Routes>
    </BrowserRouter>
  </StrictMode>,
)

const say = (id: string, value: unknown) => {
  const element = document.createElement('p')
  element.id = id
  element.textContent = String(value)
  document.body.append(element)
}
const adder = new Worker(new URL('./adder.ts', import.meta.url), { type: 'module' })
adder.onmessage = (event) => say('worker', event.data)
adder.postMessage([20, 22])
const echo = new Echo()
echo.onmessage = (event) => say('worker-import', event.data)
echo.postMessage('hello')
const name = ['o', 'ne'].join('')
void import(\`./words/\${name}.ts\`).then((module) => say('variable-import', module.word))
void later['./words/one.ts']!().then((module) => say('lazy-glob', module.word))
`

const files: Record<string, string | Uint8Array> = {
  'index.html': `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <title>Every kind</title>
    <link rel="icon" href="/src/drawing.svg" />
  </head>
  <body>
    <div id="root"></div>
    <img id="in-page" src="./src/picture.png" />
    <script type="module" src="/src/main.tsx"></script>
    <script type="module">import { word } from '/src/words/two.ts'; document.title = 'Every kind ' + word</script>
  </body>
</html>`,
  'tsconfig.json': '{ /* data */ "compilerOptions": { "paths": { "@/*": ["./src/*"] }, } }',
  'public/in-public.png': PICTURE,
  'src/main.tsx': main,
  'src/index.css': `@import 'tailwindcss';
@import './more.css';
.picture { background: url('./picture.png'); }`,
  'src/more.css': '.more { color: rgb(1, 2, 3); background: url(./drawing.svg#part) }',
  'src/card.module.css': `.card { composes: base from './base.module.css'; color: rgb(4, 5, 6); }
.with-dash { padding: 7px }`,
  'src/base.module.css': '.base { margin-top: 9px }',
  'src/inline.css': '.inline { color: red }',
  'src/picture.png': PICTURE,
  'src/drawing.svg':
    '<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"><rect id="part" width="4" height="4"/></svg>',
  'src/note.txt': 'a note with `ticks` and ${braces}',
  'src/data.json': '{ "title": "data", "list": [1, 2, 3] }',
  'src/twice.js': 'export const twice = (n) => n * 2',
  'src/lib/label/index.ts': `export const label: string = 'label'`,
  'src/words/one.ts': `export const word = 'uno'`,
  'src/words/two.ts': `export const word = 'dos'`,
  'src/pages/chart.tsx': `import { Bar, BarChart } from 'recharts'
import './chart.css'
import icon from '../drawing.svg'
export default function Chart() {
  return <div id="chart" className="chart"><BarChart width={300} height={100} data={[{ n: 1 }, { n: 2 }]}><Bar dataKey="n" isAnimationActive={false} /></BarChart><img src={icon} /></div>
}`,
  'src/pages/chart.css': '.chart { border-left: 11px solid rgb(7, 8, 9) }',
  'src/adder.ts': `import { format } from 'date-fns'
import { twice } from './twice.js'
self.onmessage = (event: MessageEvent<[number, number]>) => {
  const [a, b] = event.data
  self.postMessage([a + b, twice(4), format(new Date(2026, 0, 2), 'yyyy-MM-dd'), import.meta.env.VITE_GREETING].join('|'))
}`,
  'src/echo.ts': `self.onmessage = (event) => self.postMessage(event.data + '!')`,
}

export const everyKind = (): SourceTree => treeOf(files)
