import type { App } from '@overskill/protocol'
import { Link } from '@tanstack/react-router'
import { CircleAlert, CircleCheck, CircleDashed, Globe } from 'lucide-react'
import { Ago } from '../ui/clock.tsx'
import { Spinner } from '../ui/spinner.tsx'
import { words } from '../ui/strings.ts'
import { AppCardMenu } from './app-card-menu.tsx'
import { homeWords } from './strings.ts'

/** One app of the grid: a quiet tile, name, state and when it last changed. */
export const AppCard = ({ app }: { app: App }) => (
  <li className="group relative min-w-0">
    <Link
      to="/apps/$app"
      params={{ app: app.id }}
      className="block overflow-hidden rounded-panel border border-hairline transition-colors hover:border-control"
    >
      <Tile app={app} />
      <span className="block bg-panel px-3 pt-2 pb-2.5">
        <span dir="auto" className="block truncate pr-7 text-14 font-medium">
          {app.name || words.untitled}
        </span>
        <span className="mt-0.5 flex items-center gap-1.5 text-12 text-muted">
          <AppState app={app} />
          <Ago at={app.updatedAt} className="ml-auto shrink-0" />
        </span>
      </span>
    </Link>
    <AppCardMenu app={app} />
  </li>
)

/** Stands where a picture of the app would be: its initial on a colour that its id decides. */
const Tile = ({ app }: { app: App }) => (
  <span
    aria-hidden
    style={{ '--tile-hue': hueOf(app.id) } as React.CSSProperties}
    className="app-tile flex aspect-16/10 items-end border-b border-hairline p-3 text-28 font-medium"
  >
    {initialOf(app.name)}
  </span>
)

/** The first letter as a person counts letters. */
const initialOf = (name: string): string => {
  const [first] = new Intl.Segmenter().segment(name)
  return first?.segment.toLocaleUpperCase() ?? '?'
}

/** A hue in degrees that an id always has. */
export function hueOf(id: string): number {
  let hash = 0
  for (const char of id) hash = (hash * 31 + char.charCodeAt(0)) % 3600
  return hash / 10
}

const stateIcons = {
  new: <CircleDashed className="size-3.5 shrink-0" strokeWidth={1.5} />,
  working: <Spinner className="size-3.5" />,
  ready: <CircleCheck className="size-3.5 shrink-0 text-success" strokeWidth={1.5} />,
  broken: <CircleAlert className="size-3.5 shrink-0 text-danger" strokeWidth={1.5} />,
}

/** One state is enough where all is well: what is public is ready, too. */
const AppState = ({ app }: { app: App }) => (
  <>
    {(app.status !== 'ready' || !app.productionUrl) && (
      <>
        {stateIcons[app.status]}
        <span className="truncate">{homeWords.status[app.status]}</span>
      </>
    )}
    {app.productionUrl && (
      <span className="flex min-w-0 items-center gap-1">
        <Globe className="size-3.5 shrink-0" strokeWidth={1.5} />
        <span className="truncate">{homeWords.published}</span>
      </span>
    )}
  </>
)
