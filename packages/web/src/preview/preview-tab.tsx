import { useMemo, useState } from 'react'
import { useApp, useAppState } from '../editor/app-context.tsx'
import { useShowInPreview } from '../conversation/use-app-actions.ts'
import { Button } from '../ui/button.tsx'
import { useKept } from '../ui/kept.ts'
import { Spinner } from '../ui/spinner.tsx'
import { words } from '../ui/strings.ts'
import { BuildFailureNote } from './build-failure-note.tsx'
import { DeviceFrame, type Device } from './device-frame.tsx'
import { FrameStack } from './frame-stack.tsx'
import { PreviewBar } from './preview-bar.tsx'
import { PreviewWaiting } from './preview-waiting.tsx'
import { previewStateOf, type PreviewState } from './preview-state.ts'
import { previewWords } from './strings.ts'

const readDevice = (kept: string): Device => (kept === 'tablet' || kept === 'mobile' ? kept : 'desktop')

/** The app at its real preview address, or what is happening until there is one. */
export function PreviewTab() {
  const app = useApp()
  const snapshot = useAppState((state) => state.snapshot)
  const buildErrors = useAppState((state) => state.buildErrors)
  const state = useMemo(() => previewStateOf({ snapshot, buildErrors }), [snapshot, buildErrors])
  const [route, setRoute] = useState('/')
  const [loads, setLoads] = useState(0)
  const [kept, keep] = useKept('device', 'desktop')
  const device = readDevice(kept)
  const { live, failure } = state
  const reload = (): void => setLoads(loads + 1)
  return (
    <div className="flex h-full flex-col">
      {live && (
        <PreviewBar
          url={app.previewUrl}
          route={route}
          onRoute={(wanted) => {
            setRoute(wanted)
            reload()
          }}
          onReload={reload}
          device={device}
          onDevice={keep}
        />
      )}
      {failure && <BuildFailureNote failure={failure} shows={live?.version} />}
      {live && <OlderNote state={state} />}
      {live ? (
        <DeviceFrame device={device}>
          <FrameStack
            frameKey={`${live.id} ${loads}`}
            url={new URL(route, app.previewUrl).href}
            title={previewWords.frame(app.name || words.untitled)}
          />
        </DeviceFrame>
      ) : (
        !failure && <PreviewWaiting state={state} />
      )}
    </div>
  )
}

/** Says when what one sees is not the newest, because one asked for an older version or the newest is on its way. */
function OlderNote({ state: { live, pending, failure } }: { state: PreviewState }) {
  const newest = useAppState((all) => all.snapshot.app.version)
  const show = useShowInPreview()
  if (!live || failure) return null
  if (pending) {
    return (
      <p className="flex h-8 shrink-0 items-center gap-2 border-b border-hairline px-4 text-12 text-muted">
        <Spinner className="size-3.5" />
        {previewWords.updating(pending.version)}
      </p>
    )
  }
  if (newest === undefined || newest === live.version) return null
  return (
    <p className="flex shrink-0 items-center gap-3 border-b border-hairline px-4 py-1 text-12">
      {previewWords.older(live.version, newest)}
      <Button size="small" disabled={show.isPending} onClick={() => show.mutate(newest)}>
        {previewWords.toNewest}
      </Button>
    </p>
  )
}
