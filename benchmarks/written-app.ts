import { pages, projectFiles, sharedFiles, componentOf } from './written-app-shared.ts'
import { classesFor, uiFiles } from './written-app-ui.ts'

/** Sizes of the apps that builds are measured on: source files below `src/`. */
export type WrittenAppSize = 80 | 300

/** The file that is changed before each measured build; the page that is open at `/` imports it. */
export const CHANGED_FILE = 'src/pages/home.tsx'

const FEATURE_FILES = 4

/**
 * An app as the product's users have: 46 components, 16 pages of which 15 are lazy, 22 distinct imports of packages, and for
 * the larger one features of four files each. The same text every time.
 */
export function writeApp(size: WrittenAppSize): Map<string, Uint8Array> {
  const features = (size - 80) / FEATURE_FILES
  const files: Record<string, string> = { ...projectFiles, ...sharedFiles, ...uiFiles() }
  pages.forEach((name, index) => (files[pagePath(name)] = pageFile(name, index, features)))
  for (let index = 0; index < features; index += 1) Object.assign(files, featureFiles(index))
  return new Map(Object.entries(files).map(([path, text]) => [path, new TextEncoder().encode(text)]))
}

/** Addresses of the app's pages. */
export const routesOfApp = pages.map((name) => (name === 'home' ? '/' : `/${name}`))

const pagePath = (name: string): string => `src/pages/${name}.tsx`

/** What pages use besides cards and buttons: imports, and what is shown of them. */
const extras: readonly (readonly [imports: string, shown: string])[] = [
  [`import { Badge } from '@/components/ui/badge'`, `<Badge>{rows.length}</Badge>`],
  [
    `import { Bar, BarChart, XAxis } from 'recharts'\nimport { ChartContainer } from '@/components/ui/chart'`,
    `<ChartContainer><BarChart data={rows}><XAxis dataKey="name" /><Bar dataKey="total" isAnimationActive={false} /></BarChart></ChartContainer>`,
  ],
  [
    `import { Tabs, TabsContent, TabsList, TabsTrigger } from '@/components/ui/tabs'`,
    `<Tabs defaultValue="a"><TabsList><TabsTrigger value="a">A</TabsTrigger></TabsList><TabsContent value="a">First</TabsContent></Tabs>`,
  ],
  [
    `import { de } from 'date-fns/locale'\nimport { formatDay } from '@/lib/format'\nimport { Calendar } from '@/components/ui/calendar'`,
    `<div><Calendar locale={undefined} /><p>{formatDay(new Date(2026, 1, 3), de)}</p></div>`,
  ],
  [
    `import { Dialog, DialogContent, DialogTitle, DialogTrigger } from '@/components/ui/dialog'`,
    `<Dialog><DialogTrigger>Open</DialogTrigger><DialogContent><DialogTitle>Inside</DialogTitle></DialogContent></Dialog>`,
  ],
  [
    `import { Accordion, AccordionContent, AccordionItem, AccordionTrigger } from '@/components/ui/accordion'`,
    `<Accordion type="single"><AccordionItem value="a"><AccordionTrigger>More</AccordionTrigger><AccordionContent>Text</AccordionContent></AccordionItem></Accordion>`,
  ],
  [
    `import { Command, CommandInput, CommandItem, CommandList } from '@/components/ui/command'`,
    `<Command><CommandInput /><CommandList><CommandItem>One</CommandItem></CommandList></Command>`,
  ],
  [`import { CustomerForm } from '@/components/customer-form'`, `<CustomerForm />`],
]

function pageFile(name: string, index: number, features: number): string {
  const [imports, shown] = extras[index % extras.length] ?? ['', '']
  const own = Array.from({ length: features }, (_, feature) => feature).filter(
    (feature) => feature % pages.length === index,
  )
  const icons = [`${['Activity', 'Bell', 'Calendar', 'Database'][index % 4]}Icon`, 'ArrowRightIcon']
  return `import { useMemo, useState } from 'react'
import { ${icons.join(', ')} } from 'lucide-react'
import { PageHeader } from '@/components/page-header'
import { DataTable } from '@/components/data-table'
import { Button } from '@/components/ui/button'
import { Card, CardContent, CardDescription, CardHeader, CardTitle } from '@/components/ui/card'
import { formatMoney } from '@/lib/format'
import { makeRows, type Row } from '@/data/rows'
${imports}
${own.map((feature) => `import { Feature${feature}Panel } from '@/features/f${feature}/panel'`).join('\n')}

type Filter = 'all' | 'open' | 'done'

const filters: readonly Filter[] = ['all', 'open', 'done']

export default function ${componentOf(name)}() {
  const [filter, setFilter] = useState<Filter>('all')
  const all = useMemo(() => makeRows(${index + 3}), [])
  const rows = useMemo<Row[]>(() => all.filter((row) => filter === 'all' || row.state === filter), [all, filter])
  const total = rows.reduce((sum, row) => sum + row.total, 0)

  return (
    <div className="${classesFor(index + 40, 7)}">
      <PageHeader title="${name}" icon={<${icons[0]} className="size-5" />}>
        {filters.map((item) => (
          <Button key={item} variant={item === filter ? 'default' : 'outline'} size="sm" onClick={() => setFilter(item)}>
            {item}
          </Button>
        ))}
      </PageHeader>
      <Card className="${classesFor(index + 60, 5)}">
        <CardHeader>
          <CardTitle className="flex items-center gap-2">Total <ArrowRightIcon className="size-4" /></CardTitle>
          <CardDescription>{formatMoney(total)} in {rows.length} rows</CardDescription>
        </CardHeader>
        <CardContent className="p-[${index + 5}px]">
          <DataTable rows={rows} />
          ${shown}
          ${own.map((feature) => `<Feature${feature}Panel start={${feature}} />`).join('\n          ')}
        </CardContent>
      </Card>
    </div>
  )
}
`
}

function featureFiles(index: number): Record<string, string> {
  const folder = `src/features/f${index}`
  return {
    [`${folder}/model.ts`]: `export type Step${index} = { id: number; label: string; weight: number }

const words = ['north', 'south', 'east', 'west', 'centre'] as const

export function makeSteps(count: number, seed: number): Step${index}[] {
  return Array.from({ length: count }, (_, at) => ({ id: at, label: \`\${words[(at + seed) % words.length]} ${index}\`, weight: (at * 7 + seed) % 13 }))
}

export const heaviest = (steps: readonly Step${index}[]): number => Math.max(${index}, ...steps.map((step) => step.weight))
`,
    [`${folder}/use-steps.ts`]: `import { useCallback, useMemo, useState } from 'react'
import { heaviest, makeSteps, type Step${index} } from './model'

export function useSteps(start: number): { steps: Step${index}[]; most: number; more: () => void } {
  const [count, setCount] = useState(${(index % 5) + 2})
  const steps = useMemo(() => makeSteps(count, start), [count, start])
  const more = useCallback(() => setCount((value) => value + 1), [])
  return { steps, most: heaviest(steps), more }
}
`,
    [`${folder}/row.tsx`]: `import { cn } from '@/lib/utils'
import type { Step${index} } from './model'

export function StepRow({ step, most }: { step: Step${index}; most: number }) {
  const isTop = step.weight === most
  return (
    <li className={cn('${classesFor(index + 90, 8)}', isTop && '${classesFor(index + 91, 4)}')} data-step={step.id}>
      <span className="truncate w-[${100 + index}px]">{step.label}</span>
      <span className="font-semibold tabular-nums">{step.weight}</span>
    </li>
  )
}
`,
    [`${folder}/panel.tsx`]: `import { Button } from '@/components/ui/button'
import { Badge } from '@/components/ui/badge'
import { StepRow } from './row'
import { useSteps } from './use-steps'

export function Feature${index}Panel({ start }: { start: number }) {
  const { steps, most, more } = useSteps(start)
  return (
    <section className="${classesFor(index + 70, 6)}">
      <h3 className="flex items-center gap-2 text-base font-medium">Feature ${index} <Badge variant="outline">{steps.length}</Badge></h3>
      <ul className="grid gap-1">
        {steps.map((step) => <StepRow key={step.id} step={step} most={most} />)}
      </ul>
      <Button size="sm" variant="ghost" onClick={more}>More</Button>
    </section>
  )
}
`,
  }
}
