import { type ComponentProps, createContext, type CSSProperties, type ReactNode, use } from 'react'
import {
  type LegendPayload,
  Legend as RechartsLegend,
  ResponsiveContainer,
  Tooltip as RechartsTooltip,
  type TooltipPayloadEntry,
} from 'recharts'
import { cn } from '@/lib/cn'

/** What each series is called and its colour: `{ sales: { label: 'Sales', color: 'var(--chart-1)' } }`. */
export type ChartConfig = Record<string, { label: ReactNode; color?: string }>

const ConfigContext = createContext<ChartConfig>({})

type ChartContainerProps = Omit<ComponentProps<'div'>, 'children'> & {
  config: ChartConfig
  /** One recharts chart. Draw a series in its own colour with `fill="var(--color-sales)"`. */
  children: ComponentProps<typeof ResponsiveContainer>['children']
}

/** Give it a height (`className="h-64"`) and an `aria-label` that says what the chart shows. */
export function ChartContainer({ config, className, style, children, ...props }: ChartContainerProps) {
  const colors = Object.fromEntries(
    Object.entries(config).flatMap(([key, { color }]) => (color ? [[`--color-${key}`, color]] : [])),
  ) as CSSProperties
  return (
    <ConfigContext value={config}>
      <div
        data-slot="chart"
        role="figure"
        className={cn(
          'h-64 w-full text-xs tabular-nums [&_.recharts-surface]:outline-none',
          '[&_.recharts-cartesian-axis-tick-value]:fill-muted-foreground [&_.recharts-polar-angle-axis-tick-value]:fill-muted-foreground',
          '[&_.recharts-cartesian-grid_line]:stroke-border [&_.recharts-polar-grid_path]:stroke-border',
          '[&_.recharts-cartesian-axis-line]:stroke-border [&_.recharts-cartesian-axis-tick-line]:stroke-border',
          '[&_.recharts-tooltip-cursor]:fill-muted [&_.recharts-curve.recharts-tooltip-cursor]:stroke-border',
          '[&_.recharts-sector]:stroke-card [&_.recharts-text]:font-sans',
          className,
        )}
        style={{ ...colors, ...style }}
        {...props}
      >
        <ResponsiveContainer width="100%" height="100%" initialDimension={{ width: 320, height: 200 }}>
          {children}
        </ResponsiveContainer>
      </div>
    </ConfigContext>
  )
}

/** recharts' own Tooltip: `<ChartTooltip content={<ChartTooltipContent />} />`. */
export const ChartTooltip = RechartsTooltip

type ChartTooltipContentProps = {
  className?: string
  hideLabel?: boolean
  formatLabel?: (label: string | number) => ReactNode
  formatValue?: (value: number, key: string) => ReactNode
  /** The three below are filled in by recharts. */
  active?: boolean
  label?: string | number
  payload?: ReadonlyArray<TooltipPayloadEntry>
}

export function ChartTooltipContent({
  className,
  hideLabel = false,
  formatLabel,
  formatValue,
  active,
  label,
  payload,
}: ChartTooltipContentProps) {
  const config = use(ConfigContext)
  if (!active || !payload?.length) return null
  return (
    <div
      data-slot="chart-tooltip"
      className={cn(
        'grid min-w-32 gap-1.5 rounded-lg border bg-popover px-3 py-2 text-xs text-popover-foreground shadow-md',
        className,
      )}
    >
      {!hideLabel && label !== undefined && <p className="font-medium">{formatLabel ? formatLabel(label) : label}</p>}
      <ul className="grid gap-1">
        {payload.map((entry, index) => {
          const key = seriesKey(entry, config)
          return (
            <li key={`${key}-${index}`} className="flex items-center gap-2">
              <Swatch color={entry.color ?? entry.fill} />
              <span className="text-muted-foreground">{config[key]?.label ?? entry.name ?? key}</span>
              <span className="ml-auto pl-3 font-medium tabular-nums">{shownValue(entry.value, key, formatValue)}</span>
            </li>
          )
        })}
      </ul>
    </div>
  )
}

/** recharts' own Legend: `<ChartLegend content={<ChartLegendContent />} />`. */
export const ChartLegend = RechartsLegend

/** `payload` is filled in by recharts. */
export function ChartLegendContent({
  className,
  payload,
}: {
  className?: string
  payload?: ReadonlyArray<LegendPayload>
}) {
  const config = use(ConfigContext)
  if (!payload?.length) return null
  return (
    <ul
      data-slot="chart-legend"
      className={cn('flex flex-wrap justify-center gap-x-4 gap-y-1 pt-3 text-xs', className)}
    >
      {payload.map((entry, index) => {
        const key = seriesKey(entry, config)
        return (
          <li key={`${key}-${index}`} className="flex items-center gap-1.5">
            <Swatch color={entry.color} />
            {config[key]?.label ?? entry.value ?? key}
          </li>
        )
      })}
    </ul>
  )
}

function Swatch({ color }: { color: string | undefined }) {
  return <span aria-hidden="true" className="size-2.5 shrink-0 rounded-[3px]" style={{ backgroundColor: color }} />
}

/** Lines and bars are known by their `dataKey`, the slices of a pie by their name. */
function seriesKey(entry: { dataKey?: unknown; name?: unknown; value?: unknown }, config: ChartConfig) {
  const candidates = [entry.name, entry.dataKey, entry.value].filter((key) => typeof key === 'string')
  return candidates.find((key) => key in config) ?? candidates[0] ?? ''
}

function shownValue(value: unknown, key: string, formatValue: ChartTooltipContentProps['formatValue']) {
  if (typeof value !== 'number') return String(value ?? '')
  return formatValue ? formatValue(value, key) : value.toLocaleString()
}
