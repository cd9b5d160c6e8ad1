import { ExternalLink, Monitor, RotateCw, Smartphone, Tablet } from 'lucide-react'
import { useState } from 'react'
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
}

/** The preview's own bar: where in the app one is taken, how wide, again, and in a tab of its own. */
export const PreviewBar = ({ url, route, onRoute, onReload, device, onDevice }: PreviewBarProps) => (
  <div className="flex h-10 shrink-0 items-center gap-1 border-b border-hairline px-2">
    <IconButton label={previewWords.reload} onClick={onReload}>
      <RotateCw />
    </IconButton>
    <RouteField key={route} origin={new URL(url).host} route={route} onRoute={onRoute} />
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

type RouteFieldProps = { origin: string; route: string; onRoute: (route: string) => void }

/** Takes one to a path. What the app does by itself cannot be read here: it stands on another site. */
function RouteField({ origin, route, onRoute }: RouteFieldProps) {
  const [text, setText] = useState(route)
  return (
    <form
      className="flex h-7 min-w-0 flex-1 items-center overflow-hidden rounded-control bg-sunken px-2 font-mono text-12 focus-within:outline-2 focus-within:outline-accent"
      onSubmit={(event) => {
        event.preventDefault()
        onRoute(`/${text.replace(/^\/+/, '')}`)
      }}
    >
      <span className="min-w-0 truncate text-muted max-sm:hidden">{origin}</span>
      <input
        aria-label={previewWords.route}
        value={text}
        onChange={(event) => setText(event.target.value)}
        spellCheck={false}
        className="h-full min-w-16 flex-1 bg-transparent outline-none"
      />
    </form>
  )
}
