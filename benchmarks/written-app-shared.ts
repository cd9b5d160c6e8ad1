/** What a written app has once: its page, its frame, its styles, what its pages share. */

/** The pages of a written app; the first one is at `/`, the others are lazy. */
export const pages =
  'home analytics billing calendar customers documents inbox inventory invoices members orders profile projects reports settings tasks'.split(
    ' ',
  )

/** The name of a page's component. */
export const componentOf = (name: string): string => `${name.charAt(0).toUpperCase()}${name.slice(1)}Page`

const lazyPages = pages.slice(1)

/** Source files, by path. */
export const sharedFiles: Record<string, string> = {
  'src/main.tsx': `import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import '@fontsource-variable/figtree'
import { App } from '@/App'
import './index.css'

createRoot(document.getElementById('root')!).render(<StrictMode><App /></StrictMode>)
`,
  'src/App.tsx': `import { lazy, Suspense } from 'react'
import { createBrowserRouter, Outlet } from 'react-router'
import { RouterProvider } from 'react-router/dom'
import { AppSidebar } from '@/components/app-sidebar'
import { Toaster } from '@/components/ui/sonner'
import { TooltipProvider } from '@/components/ui/tooltip'
import HomePage from '@/pages/home'

${lazyPages.map((name) => `const ${componentOf(name)} = lazy(() => import('@/pages/${name}'))`).join('\n')}

function Frame() {
  return (
    <TooltipProvider>
      <div className="flex min-h-screen bg-surface text-ink">
        <AppSidebar />
        <main className="flex-1 p-6"><Suspense fallback={<p>Loading…</p>}><Outlet /></Suspense></main>
      </div>
      <Toaster />
    </TooltipProvider>
  )
}

const router = createBrowserRouter([
  {
    Component: Frame,
    children: [
      { index: true, Component: HomePage },
${lazyPages.map((name) => `      { path: '${name}', Component: ${componentOf(name)} },`).join('\n')}
    ],
  },
])

export const App = () => <RouterProvider router={router} />
`,
  'src/index.css': `@import 'tailwindcss';

@theme {
  --font-sans: 'Figtree Variable', sans-serif;
  --color-surface: oklch(0.99 0 0);
  --color-muted: oklch(0.96 0.005 250);
  --color-ink: oklch(0.25 0.02 260);
  --color-muted-ink: oklch(0.55 0.02 260);
  --color-line: oklch(0.9 0.01 260);
  --color-accent: oklch(0.55 0.2 265);
  --color-danger: oklch(0.58 0.22 27);
}

@custom-variant dark (&:where(.dark, .dark *));

@layer base {
  * { @apply border-line; }
  body { @apply bg-surface text-ink antialiased; }
}
`,
  'src/lib/utils.ts': `import { clsx, type ClassValue } from 'clsx'
import { twMerge } from 'tailwind-merge'

export const cn = (...inputs: ClassValue[]): string => twMerge(clsx(inputs))
`,
  'src/lib/format.ts': `import { format, formatDistanceStrict, type Locale } from 'date-fns'

export const formatMoney = (cents: number): string => new Intl.NumberFormat('en-GB', { style: 'currency', currency: 'EUR' }).format(cents / 100)
export const formatDay = (day: Date, locale?: Locale): string => format(day, 'PPP', locale ? { locale } : {})
export const formatAge = (day: Date, now: Date): string => formatDistanceStrict(day, now)
`,
  'src/lib/schema.ts': `import { z } from 'zod'

export const Customer = z.object({
  name: z.string().min(2, 'Too short'),
  email: z.email('Not an address'),
  age: z.coerce.number().int().min(18).optional(),
})
export type Customer = z.infer<typeof Customer>
`,
  'src/lib/supabase.ts': `import { createClient, type SupabaseClient } from '@supabase/supabase-js'

const url = import.meta.env.VITE_SUPABASE_URL
const key = import.meta.env.VITE_SUPABASE_ANON_KEY

export const supabase: SupabaseClient | null = url && key ? createClient(url, key) : null
`,
  'src/hooks/use-media.ts': `import { useSyncExternalStore } from 'react'

export function useMedia(query: string): boolean {
  const list = window.matchMedia(query)
  return useSyncExternalStore(
    (onChange) => {
      list.addEventListener('change', onChange)
      return () => list.removeEventListener('change', onChange)
    },
    () => list.matches,
  )
}
`,
  'src/hooks/use-stored.ts': `import { useEffect, useState } from 'react'

export function useStored<T>(key: string, first: T) {
  const [value, setValue] = useState<T>(() => JSON.parse(localStorage.getItem(key) ?? 'null') ?? first)
  useEffect(() => localStorage.setItem(key, JSON.stringify(value)), [key, value])
  return [value, setValue] as const
}
`,
  'src/hooks/use-customers.ts': `import { useEffect, useState } from 'react'
import { supabase } from '@/lib/supabase'
import type { Customer } from '@/lib/schema'

export function useCustomers(): Customer[] {
  const [customers, setCustomers] = useState<Customer[]>([])
  useEffect(() => {
    void supabase?.from('customers').select('*').then(({ data }) => setCustomers((data ?? []) as Customer[]))
  }, [])
  return customers
}
`,
  'src/data/rows.ts': `export type Row = { id: string; name: string; state: 'open' | 'done'; total: number }

export const makeRows = (count: number): Row[] =>
  Array.from({ length: count }, (_, index) => ({
    id: \`row-\${index}\`,
    name: \`Row \${index + 1}\`,
    state: index % 3 === 0 ? 'done' : 'open',
    total: (index * 1_733) % 9_000,
  }))
`,
  'src/components/page-header.tsx': `import type { ReactNode } from 'react'
import { Separator } from '@/components/ui/separator'

export function PageHeader({ title, icon, children }: { title: string; icon: ReactNode; children?: ReactNode }) {
  return (
    <header className="mb-6 space-y-3">
      <div className="flex items-center gap-3">{icon}<h1 className="text-2xl font-bold tracking-tight">{title}</h1><div className="ml-auto flex gap-2">{children}</div></div>
      <Separator />
    </header>
  )
}
`,
  'src/components/data-table.tsx': `import { Badge } from '@/components/ui/badge'
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '@/components/ui/table'
import { formatMoney } from '@/lib/format'
import type { Row } from '@/data/rows'

export function DataTable({ rows }: { rows: readonly Row[] }) {
  return (
    <Table>
      <TableHeader><TableRow><TableHead>Name</TableHead><TableHead>State</TableHead><TableHead>Total</TableHead></TableRow></TableHeader>
      <TableBody>
        {rows.map((row) => (
          <TableRow key={row.id}>
            <TableCell className="font-medium">{row.name}</TableCell>
            <TableCell><Badge variant={row.state === 'done' ? 'default' : 'outline'}>{row.state}</Badge></TableCell>
            <TableCell className="text-right tabular-nums">{formatMoney(row.total)}</TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  )
}
`,
  'src/components/app-sidebar.tsx': `import { NavLink } from 'react-router'
import { HomeIcon, SettingsIcon } from 'lucide-react'
import { UserMenu } from '@/components/user-menu'
import { ThemeSwitch } from '@/components/theme-switch'

const links = ${JSON.stringify(pages)}

export function AppSidebar() {
  return (
    <aside className="flex w-56 flex-col gap-1 border-r p-4">
      <HomeIcon className="mb-4 size-6 text-accent" />
      {links.map((link) => (
        <NavLink key={link} to={link === 'home' ? '/' : \`/\${link}\`} className="rounded-md px-3 py-1.5 text-sm capitalize hover:bg-muted">{link}</NavLink>
      ))}
      <div className="mt-auto flex items-center gap-2"><SettingsIcon className="size-4" /><ThemeSwitch /><UserMenu /></div>
    </aside>
  )
}
`,
  'src/components/user-menu.tsx': `import { createPortal } from 'react-dom'
import { toast } from 'sonner'
import { Avatar, AvatarFallback } from '@/components/ui/avatar'
import { DropdownMenu, DropdownMenuContent, DropdownMenuItem, DropdownMenuTrigger } from '@/components/ui/dropdown-menu'

export function UserMenu() {
  return (
    <DropdownMenu>
      <DropdownMenuTrigger><Avatar className="size-8"><AvatarFallback>AB</AvatarFallback></Avatar></DropdownMenuTrigger>
      <DropdownMenuContent>
        <DropdownMenuItem onSelect={() => toast('Signed out')}>Sign out</DropdownMenuItem>
      </DropdownMenuContent>
      {createPortal(<span className="sr-only">menu</span>, document.body)}
    </DropdownMenu>
  )
}
`,
  'src/components/theme-switch.tsx': `import { Switch } from '@/components/ui/switch'
import { useMedia } from '@/hooks/use-media'
import { useStored } from '@/hooks/use-stored'

export function ThemeSwitch() {
  const isDark = useMedia('(prefers-color-scheme: dark)')
  const [dark, setDark] = useStored('dark', isDark)
  document.documentElement.classList.toggle('dark', dark)
  return <Switch checked={dark} onCheckedChange={setDark} aria-label="Dark" />
}
`,
  'src/components/customer-form.tsx': `import { zodResolver } from '@hookform/resolvers/zod'
import { useForm } from 'react-hook-form'
import { toast } from 'sonner'
import { Button } from '@/components/ui/button'
import { Form, FormField, FormMessage } from '@/components/ui/form'
import { Input } from '@/components/ui/input'
import { useCustomers } from '@/hooks/use-customers'
import { Customer } from '@/lib/schema'

export function CustomerForm() {
  const form = useForm({ resolver: zodResolver(Customer), defaultValues: { name: '', email: '' } })
  const customers = useCustomers()
  return (
    <Form {...form}>
      <form className="grid max-w-md gap-3" onSubmit={form.handleSubmit((customer) => void toast.success(customer.name))}>
        <FormField name="name" render={({ field }) => <Input placeholder="Name" {...field} />} />
        <FormMessage name="name" />
        <FormField name="email" render={({ field }) => <Input placeholder="E-mail" {...field} />} />
        <FormMessage name="email" />
        <Button type="submit">Save one of {customers.length + 1}</Button>
      </form>
    </Form>
  )
}
`,
  'src/components/file-drop.tsx': `import { useState } from 'react'
import { UploadIcon } from 'lucide-react'
import { Progress } from '@/components/ui/progress'

export function FileDrop() {
  const [size, setSize] = useState(0)
  return (
    <label className="grid cursor-pointer place-items-center gap-2 rounded-lg border border-dashed p-8">
      <UploadIcon className="size-6" />
      <input type="file" className="sr-only" onChange={(event) => setSize(event.target.files?.[0]?.size ?? 0)} />
      <Progress value={Math.min(100, size / 1000)} />
    </label>
  )
}
`,
}

/** What lies beside `src/`. */
export const projectFiles: Record<string, string> = {
  // With values, so that no side may leave the client out.
  '.env': 'VITE_SUPABASE_URL=https://written.supabase.invalid\nVITE_SUPABASE_ANON_KEY=key\n',
  'index.html': `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Written app</title>
  </head>
  <body>
    <div id="root"></div>
    <script type="module" src="/src/main.tsx"></script>
  </body>
</html>
`,
  'vite.config.ts': `import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

export default defineConfig({ plugins: [react(), tailwindcss()], resolve: { tsconfigPaths: true } })
`,
  'tsconfig.json': `{
  "compilerOptions": { "target": "ES2022", "module": "ESNext", "moduleResolution": "bundler", "jsx": "react-jsx", "strict": true, "noEmit": true, "skipLibCheck": true, "types": ["vite/client"], "paths": { "@/*": ["./src/*"] } },
  "include": ["src"]
}
`,
}
