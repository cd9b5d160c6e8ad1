/**
 * What every app begins with, told to the model: the folder map, the packages and the component kit of `starter/`.
 * Held against the starter by `system-prompt.test.ts`: a kit line is `- <file>: <its exports> — <notes>`, all of both, no other.
 */
export const starterText = `# The app

Every app starts from the same project: React 19, TypeScript, Vite, Tailwind CSS 4, react-router 8. It runs only in the visitor's browser. There is no server code, no database of its own, no scheduled job, no e-mail, and nothing that can keep a secret. If the person asks for such a thing, say so in one sentence and build the nearest thing that really works in a browser.

Folders:
- \`index.html\` — title, meta description, \`lang\`, theme colour, icon
- \`src/main.tsx\` — start: ThemeProvider, ErrorBoundary, BrowserRouter, Toaster. It rarely needs a change.
- \`src/App.tsx\` — the routes. \`NotFoundPage\` stays the last one.
- \`src/pages/\` — one file a page, named in PascalCase, named export: \`HomePage.tsx\`, \`NotFoundPage.tsx\`. HomePage is a placeholder: the first build replaces it.
- \`src/components/\` — the app's own components, files named in kebab-case; \`theme-provider.tsx\` (\`useTheme()\`: theme, shown, systemTheme, setTheme), \`theme-toggle.tsx\` (\`ThemeToggle\`), \`error-boundary.tsx\`
- \`src/components/ui/\` — the kit below
- \`src/hooks/\` — \`use-local-storage.ts\` (\`const [value, setValue, reset] = useLocalStorage<T>(key, initial)\`; all users of a key stay in step), \`use-media-query.ts\` (\`useMediaQuery(query)\`), \`use-return-focus.ts\` (for dialogs, already in use)
- \`src/lib/\` — \`cn.ts\` (\`cn(...)\` joins classes), \`format.ts\` (\`formatDate, formatTime, formatRelative, formatNumber, formatMoney, formatPercent, formatCount\`, in the page's language), \`supabase.ts\` (\`supabase\`: a client, or \`null\` when no project is connected); data types, schemas and pure logic of the app go here too
- \`src/index.css\` — design tokens, light and dark
- \`public/\` — files served as they are: \`favicon.svg\`, \`robots.txt\`

Installed from the start:
@fontsource-variable/figtree, @hookform/resolvers, @supabase/supabase-js, class-variance-authority, clsx, cmdk, date-fns, lucide-react, radix-ui, react, react-day-picker, react-dom, react-hook-form, react-router, recharts, sonner, tailwind-merge, zod.
Build on these first. os-add-dependency adds others from the npm registry: small ones that run in a browser and that save real work, never one for what a few lines do.

Conventions:
- Imports: \`@/…\` means \`src/…\`, without file ending. Kit parts one file at a time: \`import { Button } from '@/components/ui/button'\`; there is no index file. Icons by name: \`import { Plus } from 'lucide-react'\`. Router from \`react-router\`. Radix from \`radix-ui\`: \`import { Dialog } from 'radix-ui'\`.
- React 19: no \`import React\`, no \`forwardRef\` (\`ref\` is a prop), function components, named exports. Load a heavy page with \`lazy\` in a \`Suspense\`.
- TypeScript is strict. No \`any\`, no \`as\` to silence an error, no \`@ts-ignore\`.
- zod 4: \`z.email()\`, \`z.url()\`, \`z.uuid()\`; forms: \`useForm({ resolver: zodResolver(schema), defaultValues })\` with \`zodResolver\` from \`@hookform/resolvers/zod\`.
- Tailwind 4 has no configuration file: tokens live in \`src/index.css\` (\`:root\`, \`.dark\`, \`@theme inline\`). Write class names in full; \`bg-\${x}\` is never found. The build is configured by OverSkill and ignores files such as \`vite.config.ts\`.
- One idea a file, under about 200 lines; split pages into components, logic out of components into \`src/lib\` and \`src/hooks\`.

# The kit (\`@/components/ui/<file>\`)

The names and props are those of shadcn/ui; differences are noted. All parts take \`className\`, work by keyboard, follow the tokens and show focus by themselves.
- accordion: Accordion, AccordionItem, AccordionTrigger, AccordionContent — type single|multiple, collapsible; trigger \`as\` h2|h3|h4
- alert: Alert, AlertTitle, AlertDescription — variant default|success|warning|destructive; an icon as first child
- alert-dialog: AlertDialog, AlertDialogTrigger, AlertDialogContent, AlertDialogHeader, AlertDialogTitle, AlertDialogDescription, AlertDialogFooter, AlertDialogAction, AlertDialogCancel — Action has variant default|destructive; only before what cannot be undone
- avatar: Avatar, AvatarImage, AvatarFallback
- badge: Badge — variant default|secondary|outline|success|warning|destructive, asChild
- breadcrumb: Breadcrumb, BreadcrumbList, BreadcrumbItem, BreadcrumbLink, BreadcrumbPage, BreadcrumbSeparator, BreadcrumbEllipsis — Link takes asChild
- button: Button, buttonVariants — variant default|secondary|outline|ghost|link|destructive, size default|sm|lg|icon, asChild; an icon button needs \`aria-label\`
- calendar: Calendar — react-day-picker: mode single|multiple|range, selected, onSelect; for a date field put it in a Popover
- card: Card, CardHeader, CardTitle, CardDescription, CardAction, CardContent, CardFooter — CardTitle is an h2; \`as\` h2|h3|h4|div
- chart: ChartContainer, ChartTooltip, ChartTooltipContent, ChartLegend, ChartLegendContent — around one recharts chart; \`config={{ sales: { label: 'Sales', color: 'var(--chart-1)' } }}\` (type ChartConfig), series \`fill="var(--color-sales)"\`, \`<ChartTooltip content={<ChartTooltipContent />} />\`; give a height and \`aria-label\`
- checkbox: Checkbox — checked, onCheckedChange
- command: Command, CommandDialog, CommandInput, CommandList, CommandEmpty, CommandGroup, CommandItem, CommandSeparator, CommandShortcut — CommandDialog: open, onOpenChange, title
- dialog: Dialog, DialogTrigger, DialogClose, DialogContent, DialogHeader, DialogTitle, DialogDescription, DialogFooter — DialogTitle is required; \`closeLabel\` names the ×
- dropdown-menu: DropdownMenu, DropdownMenuTrigger, DropdownMenuContent, DropdownMenuGroup, DropdownMenuItem, DropdownMenuCheckboxItem, DropdownMenuRadioGroup, DropdownMenuRadioItem, DropdownMenuLabel, DropdownMenuSeparator, DropdownMenuShortcut, DropdownMenuSub, DropdownMenuSubTrigger, DropdownMenuSubContent — Item: onSelect, variant default|destructive
- empty-state: EmptyState — icon (a lucide component), title, description, \`as\`; children are its buttons
- form: Form, FormField, useFormField, FormItem, FormLabel, FormControl, FormDescription, FormMessage — react-hook-form; FormControl holds exactly one control
- input: Input
- label: Label
- pagination: Pagination, PaginationContent, PaginationItem, PaginationLink, PaginationPrevious, PaginationNext, PaginationEllipsis — Link: isActive, asChild; Previous and Next: label
- popover: Popover, PopoverTrigger, PopoverAnchor, PopoverContent
- progress: Progress — value 0–100, or none for "busy"; \`aria-label\`
- radio-group: RadioGroup, RadioGroupItem
- scroll-area: ScrollArea, ScrollBar — ScrollArea brings its scroll bars
- select: Select, SelectGroup, SelectValue, SelectTrigger, SelectContent, SelectLabel, SelectItem, SelectSeparator — value, onValueChange; a SelectItem's value is never empty; trigger size default|sm
- separator: Separator — orientation
- sheet: Sheet, SheetTrigger, SheetClose, SheetContent, SheetHeader, SheetTitle, SheetDescription, SheetFooter — side right|left|top|bottom; the menu of a phone; SheetTitle is required
- skeleton: Skeleton
- slider: Slider — value and onValueChange are arrays, one number a thumb
- sonner: Toaster — already in main.tsx; call \`toast.success('Saved')\` from \`sonner\`
- spinner: Spinner — label, or \`label={null}\` beside a text
- switch: Switch — checked, onCheckedChange
- table: Table, TableHeader, TableBody, TableFooter, TableRow, TableHead, TableCell, TableCaption
- tabs: Tabs, TabsList, TabsTrigger, TabsContent
- textarea: Textarea
- toggle: Toggle, toggleVariants — variant default|outline, size default|sm|lg, pressed
- toggle-group: ToggleGroup, ToggleGroupItem — type single|multiple, variant, size
- tooltip: Tooltip, TooltipTrigger, TooltipContent — needs no provider; never the only place of an information`
