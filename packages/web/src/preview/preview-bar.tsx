import { ExternalLink, Monitor, RotateCw, Smartphone, Tablet } from 'lucide-react'
import { useState } from 'react'
import { ConsoleBadge } from '../console/console-badge.tsx'
import type { LogStore } from '../console/log-store.ts'
import { classes } from '../ui/classes.ts'
import { IconButton } from '../ui/icon-button.tsx'
import { LinkButton } from '../ui/button.tsx'
import { Tip } from '../ui/tip.tsx'
import type { Device } from './device-frame.tsx'
import { previewWords } from './strings.ts'

const devices = [
  { device: 'desktop', Icon: Monitor },
  { device: 'tablet', Icon: Tablet },
  { device: 'mobile', Icon: Smartphone },
] as const

type PreviewBarProps = {
  url: string
  route: string
  onRoute: (route: string) => void
  onReload: () => void
  device: Device
  onDevice: (device: Device) => void
  /** There while the page changes by itself; `writing`: files are being changed now. */
  live: { writing: boolean } | undefined
  log: LogStore
  drawerOpen: boolean
  onDrawer: () => void
}

/** The preview's own bar: where in the app one is, how wide, again, what it says, and in a tab of its own. */
export const PreviewBar = ({ url, route, onRoute, onReload, device, onDevice, live, ...drawer }: PreviewBarProps) => (
  <div className="flex h-10 shrink-0 items-center gap-1 border-b border-hairline px-2">
    <IconButton label={previewWords.reload} onClick={onReload}>
      <RotateCw />
    </IconButton>
    <RouteField origin={new URL(url).host} route={route} onRoute={onRoute} />
    {live && <LiveMark writing={live.writing} />}
    <div role="group" aria-label={previewWords.devicesLabel} className="hidden sm:flex">
      {devices.map(({ device: one, Icon }) => (
        <IconButton
          key={one}
          label={previewWords.devices[one]}
          aria-pressed={device === one}
          className={classes(device === one && 'bg-pressed text-ink')}
          onClick={() => onDevice(one)}
        >
          <Icon />
        </IconButton>
      ))}
    </div>
    <ConsoleBadge log={drawer.log} open={drawer.drawerOpen} onToggle={drawer.onDrawer} />
    <Tip text={previewWords.open}>
      <LinkButton
        href={new URL(route, url).href}
        target="_blank"
        rel="noopener"
        tone="quiet"
        size="icon"
        aria-label={previewWords.open}
      >
        <ExternalLink />
      </LinkButton>
    </Tip>
  </div>
)

/** The page is the live one; while files change its dot is in motion. */
const LiveMark = ({ writing }: { writing: boolean }) => (
  <span title={previewWords.liveTip} className="flex shrink-0 items-center gap-1.5 px-1.5 text-12 text-muted">
    <span
      aria-hidden
      className={classes('size-1.5 rounded-full', writing ? 'animate-pulse-quiet bg-accent' : 'bg-success')}
    />
    {previewWords.live}
  </span>
)

type RouteFieldProps = { origin: string; route: string; onRoute: (route: string) => void }

/** Takes one to a path, and says where one is. What is being typed stays, wherever the app goes meanwhile. */
function RouteField({ origin, route, onRoute }: RouteFieldProps) {
  const [draft, setDraft] = useState<string>()
  return (
    <form
      className="flex h-7 min-w-0 flex-1 items-center overflow-hidden rounded-control bg-sunken px-2 font-mono text-12 focus-within:outline-2 focus-within:outline-accent"
      onSubmit={(event) => {
        event.preventDefault()
        onRoute(`/${(draft ?? route).replace(/^[/\\]+/, '')}`)
        setDraft(undefined)
      }}
    >
      <span className="min-w-0 truncate text-muted max-sm:hidden">{origin}</span>
      <input
        aria-label={previewWords.route}
        value={draft ?? route}
        onChange={(event) => setDraft(event.target.value)}
        onBlur={() => setDraft(undefined)}
        onKeyDown={(event) => event.key === 'Escape' && setDraft(undefined)}
        spellCheck={false}
        className="h-full min-w-16 flex-1 bg-transparent outline-none"
      />
    </form>
  )
}
