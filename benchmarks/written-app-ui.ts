/** The 46 components of a written app: as large and as much alike as those of shadcn are. */

/** Components over `radix-ui`: export of the package → its parts. */
const primitives: Record<string, readonly string[]> = {
  Label: ['Root'],
  Separator: ['Root'],
  Switch: ['Root', 'Thumb'],
  Checkbox: ['Root', 'Indicator'],
  Tabs: ['Root', 'List', 'Trigger', 'Content'],
  Accordion: ['Root', 'Item', 'Header', 'Trigger', 'Content'],
  Dialog: ['Root', 'Trigger', 'Portal', 'Overlay', 'Content', 'Title', 'Description', 'Close'],
  Popover: ['Root', 'Trigger', 'Portal', 'Content', 'Anchor'],
  Tooltip: ['Provider', 'Root', 'Trigger', 'Portal', 'Content', 'Arrow'],
  Select: ['Root', 'Trigger', 'Value', 'Icon', 'Portal', 'Content', 'Viewport', 'Item', 'ItemText', 'ItemIndicator'],
  DropdownMenu: ['Root', 'Trigger', 'Portal', 'Content', 'Item', 'CheckboxItem', 'Label', 'Separator', 'Sub'],
  Avatar: ['Root', 'Image', 'Fallback'],
  Progress: ['Root', 'Indicator'],
  Slider: ['Root', 'Track', 'Range', 'Thumb'],
  Toggle: ['Root'],
  RadioGroup: ['Root', 'Item', 'Indicator'],
  ScrollArea: ['Root', 'Viewport', 'Scrollbar', 'Thumb', 'Corner'],
  HoverCard: ['Root', 'Trigger', 'Portal', 'Content'],
  Collapsible: ['Root', 'Trigger', 'Content'],
  AspectRatio: ['Root'],
  AlertDialog: ['Root', 'Trigger', 'Portal', 'Overlay', 'Content', 'Title', 'Description', 'Action', 'Cancel'],
  ContextMenu: ['Root', 'Trigger', 'Portal', 'Content', 'Item', 'Label', 'Separator'],
  Menubar: ['Root', 'Menu', 'Trigger', 'Portal', 'Content', 'Item', 'Separator'],
  NavigationMenu: ['Root', 'List', 'Item', 'Trigger', 'Content', 'Link', 'Viewport'],
  ToggleGroup: ['Root', 'Item'],
}

/** Components of plain elements: name → parts, each with its element. */
const plain: Record<string, readonly (readonly [part: string, element: string])[]> = {
  Card: [
    ['', 'div'],
    ['Header', 'div'],
    ['Title', 'div'],
    ['Description', 'div'],
    ['Content', 'div'],
    ['Footer', 'div'],
  ],
  Input: [['', 'input']],
  Textarea: [['', 'textarea']],
  Skeleton: [['', 'div']],
  Kbd: [['', 'kbd']],
  Spinner: [['', 'span']],
  Table: [
    ['', 'table'],
    ['Header', 'thead'],
    ['Body', 'tbody'],
    ['Row', 'tr'],
    ['Head', 'th'],
    ['Cell', 'td'],
    ['Caption', 'caption'],
  ],
  Breadcrumb: [
    ['', 'nav'],
    ['List', 'ol'],
    ['Item', 'li'],
    ['Link', 'a'],
    ['Page', 'span'],
  ],
  Pagination: [
    ['', 'nav'],
    ['Content', 'ul'],
    ['Item', 'li'],
    ['Link', 'a'],
  ],
  Alert: [
    ['', 'div'],
    ['Title', 'div'],
    ['Description', 'div'],
  ],
  Sheet: [
    ['', 'aside'],
    ['Header', 'div'],
    ['Title', 'h2'],
    ['Footer', 'div'],
  ],
  Empty: [
    ['', 'div'],
    ['Media', 'div'],
    ['Title', 'div'],
  ],
  InputGroup: [
    ['', 'div'],
    ['Addon', 'div'],
    ['Text', 'span'],
  ],
  Item: [
    ['', 'div'],
    ['Media', 'div'],
    ['Content', 'div'],
    ['Actions', 'div'],
  ],
}

const classes =
  'flex inline-flex grid items-center items-start justify-between justify-center gap-1 gap-2 gap-4 rounded-md rounded-lg rounded-full border border-line bg-surface bg-muted text-ink text-muted-ink px-2 px-3 px-4 py-1 py-2 p-4 p-6 text-sm text-xs text-base font-medium font-semibold leading-none tracking-tight shadow-sm shadow-md outline-none size-4 size-9 h-9 w-full min-w-0 max-w-lg shrink-0 truncate whitespace-nowrap transition-colors transition-all duration-200 disabled:opacity-50 disabled:pointer-events-none hover:bg-muted hover:text-ink focus-visible:ring-2 focus-visible:ring-accent/50 data-[state=open]:bg-muted data-[state=checked]:bg-accent data-[disabled]:opacity-50 dark:bg-ink/10 dark:border-line/40 aria-invalid:border-danger [&_svg]:size-4 [&_svg]:shrink-0 sm:flex-row sm:max-w-md md:text-sm lg:grid-cols-3 absolute relative fixed inset-0 top-1/2 left-1/2 z-50 overflow-hidden overflow-auto cursor-pointer select-none pointer-events-none'.split(
    ' ',
  )

/** Some classes, always the same for a seed. */
export function classesFor(seed: number, count: number): string {
  const picked = Array.from(
    { length: count },
    (_, index) => classes[(seed * 7 + index * (seed % 11) + index * 5) % classes.length],
  )
  return [...new Set(picked)].join(' ')
}

const kebab = (name: string): string => name.replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => `-${letter}`).toLowerCase()
const codeOf = (name: string): number => Array.from(name).reduce((sum, letter) => sum + letter.charCodeAt(0), 0)

/** The components, by path. */
export function uiFiles(): Record<string, string> {
  const files: Record<string, string> = {}
  for (const [name, parts] of Object.entries(primitives)) files[pathOf(name)] = primitiveFile(name, parts)
  for (const [name, parts] of Object.entries(plain)) files[pathOf(name)] = plainFile(name, parts)
  for (const [name, code] of Object.entries(special)) files[pathOf(name)] = code
  return files
}

const pathOf = (name: string): string => `src/components/ui/${kebab(name)}.tsx`
const HEAD = `import * as React from 'react'\n`
const CN = `import { cn } from '@/lib/utils'\n\n`

function primitiveFile(name: string, parts: readonly string[]): string {
  const functions = parts.map((part) => {
    const own = part === 'Root' || part === 'Provider' ? (part === 'Root' ? name : `${name}Provider`) : name + part
    const type = `React.ComponentProps<typeof ${name}Primitive.${part}>`
    if (/^(?:Portal|Sub|Menu|Provider)$/.test(part) || (part === 'Root' && parts.includes('Portal')))
      return `function ${own}(props: ${type}) {\n  return <${name}Primitive.${part} {...props} />\n}`
    return `function ${own}({ className, ...props }: ${type} & { className?: string }) {
  return (
    <${name}Primitive.${part}
      data-slot="${kebab(own)}"
      className={cn('${classesFor(codeOf(own), 9)}', className)}
      {...props}
    />
  )
}`
  })
  const names = functions.map((text) => /^function (\w+)/.exec(text)?.[1])
  return `${HEAD}import { ${name} as ${name}Primitive } from 'radix-ui'\n${CN}${functions.join('\n\n')}\n\nexport { ${names.join(', ')} }\n`
}

function plainFile(name: string, parts: readonly (readonly [string, string])[]): string {
  const functions = parts.map(
    ([part, element]) => `function ${name}${part}({ className, ...props }: React.ComponentProps<'${element}'>) {
  return <${element} data-slot="${kebab(name + part)}" className={cn('${classesFor(codeOf(name + part), 11)}', className)} {...props} />
}`,
  )
  return `${HEAD}${CN}${functions.join('\n\n')}\n\nexport { ${parts.map(([part]) => name + part).join(', ')} }\n`
}

const variants = (name: string, seed: number): string => `const ${name}Variants = cva('${classesFor(seed, 14)}', {
  variants: {
    variant: { default: '${classesFor(seed + 1, 5)}', outline: '${classesFor(seed + 2, 5)}', ghost: '${classesFor(seed + 3, 4)}' },
    size: { default: 'h-9 px-4 py-2', sm: 'h-8 px-3', lg: 'h-10 px-6', icon: 'size-9' },
  },
  defaultVariants: { variant: 'default', size: 'default' },
})\n`

const CVA = `import { cva, type VariantProps } from 'class-variance-authority'\n`

const special: Record<string, string> = {
  Button: `${HEAD}${CVA}import { Slot } from 'radix-ui'\n${CN}${variants('button', 3)}
function Button({ className, variant, size, asChild = false, ...props }: React.ComponentProps<'button'> & VariantProps<typeof buttonVariants> & { asChild?: boolean }) {
  const Comp = asChild ? Slot.Root : 'button'
  return <Comp data-slot="button" className={cn(buttonVariants({ variant, size, className }))} {...props} />
}

export { Button, buttonVariants }\n`,
  Badge: `${HEAD}${CVA}${CN}${variants('badge', 9)}
function Badge({ className, variant, size, ...props }: React.ComponentProps<'span'> & VariantProps<typeof badgeVariants>) {
  return <span data-slot="badge" className={cn(badgeVariants({ variant, size, className }))} {...props} />
}

export { Badge, badgeVariants }\n`,
  Sonner: `import { Toaster as Sonner, type ToasterProps } from 'sonner'

function Toaster(props: ToasterProps) {
  return <Sonner className="toaster group" position="bottom-right" {...props} />
}

export { Toaster }\n`,
  Command: `${HEAD}import { Command as CommandPrimitive } from 'cmdk'\nimport { SearchIcon } from 'lucide-react'\n${CN}function Command({ className, ...props }: React.ComponentProps<typeof CommandPrimitive>) {
  return <CommandPrimitive className={cn('${classesFor(21, 8)}', className)} {...props} />
}

function CommandInput({ className, ...props }: React.ComponentProps<typeof CommandPrimitive.Input>) {
  return (
    <div className="flex h-9 items-center gap-2 border-b px-3">
      <SearchIcon className="size-4 shrink-0 opacity-50" />
      <CommandPrimitive.Input className={cn('${classesFor(22, 8)}', className)} {...props} />
    </div>
  )
}

const CommandList = CommandPrimitive.List
const CommandItem = CommandPrimitive.Item

export { Command, CommandInput, CommandList, CommandItem }\n`,
  Calendar: `${HEAD}import { DayPicker } from 'react-day-picker'\nimport { ChevronLeftIcon, ChevronRightIcon } from 'lucide-react'\n${CN}function Calendar({ className, ...props }: React.ComponentProps<typeof DayPicker>) {
  return (
    <DayPicker
      className={cn('rounded-md border bg-surface p-3', className)}
      components={{ Chevron: ({ orientation }) => (orientation === 'left' ? <ChevronLeftIcon className="size-4" /> : <ChevronRightIcon className="size-4" />) }}
      {...props}
    />
  )
}

export { Calendar }\n`,
  Chart: `${HEAD}import * as RechartsPrimitive from 'recharts'\n${CN}function ChartContainer({ className, children, ...props }: React.ComponentProps<'div'> & { children: React.ComponentProps<typeof RechartsPrimitive.ResponsiveContainer>['children'] }) {
  return (
    <div data-slot="chart" className={cn('flex aspect-video justify-center text-xs', className)} {...props}>
      <RechartsPrimitive.ResponsiveContainer>{children}</RechartsPrimitive.ResponsiveContainer>
    </div>
  )
}

const ChartTooltip = RechartsPrimitive.Tooltip

export { ChartContainer, ChartTooltip }\n`,
  Form: `${HEAD}import { Controller, FormProvider, useFormContext, type ControllerProps, type FieldPath, type FieldValues } from 'react-hook-form'\n${CN}const Form = FormProvider

function FormField<V extends FieldValues, N extends FieldPath<V>>(props: ControllerProps<V, N>) {
  return <Controller {...props} />
}

function FormMessage({ name, className }: { name: string; className?: string }) {
  const { formState } = useFormContext()
  const error = formState.errors[name]
  return error ? <p className={cn('text-sm text-danger', className)}>{String(error.message)}</p> : null
}

export { Form, FormField, FormMessage }\n`,
}
