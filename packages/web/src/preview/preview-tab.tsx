import { contract, type PostReports } from '@overskill/protocol'
import { useEffect, useState } from 'react'
import { call } from '../api/call.ts'
import { ConsoleDrawer } from '../console/console-drawer.tsx'
import { createLogStore, type LogStore } from '../console/log-store.ts'
import { useAppState } from '../editor/app-context.tsx'
import { readKept, useKept } from '../ui/kept.ts'
import { words } from '../ui/strings.ts'
import { DeviceFrame, type Device } from './device-frame.tsx'
import { FrameStack } from './frame-stack.tsx'
import { PreviewBar } from './preview-bar.tsx'
import { isUnderWay } from './preview-host.ts'
import { PreviewNotes } from './preview-notes.tsx'
import { previewStateOf } from './preview-state.ts'
import { PreviewWaiting } from './preview-waiting.tsx'
import { LastWorkingBadge, OlderNote, WaitingNote } from './shown-notes.tsx'
import { previewWords } from './strings.ts'
import { useFrames } from './use-frames.ts'

const readDevice = (kept: string): Device => (kept === 'tablet' || kept === 'mobile' ? kept : 'desktop')
const readDrawer = (kept: string): 'console' | 'network' | undefined =>
  kept === 'console' || kept === 'network' ? kept : undefined

/** The app at its real address, live while files change, or what is happening until there is one. */
export function PreviewTab() {
  const state = useAppState((all) => all)
  const { app } = state.snapshot
  const log = usePageLog(app.id)
  const frames = useFrames(state, log)
  const [device, keepDevice] = useKept('device', 'desktop')
  const [drawer, keepDrawer] = useKept('drawer', '')
  const [keep, keepKeep] = useKept('console-keep', '')
  const open = readDrawer(drawer)
  const { shown, next } = frames
  const preview = previewStateOf(state)
  return (
    <div className="flex h-full flex-col">
      {shown && (
        <PreviewBar
          url={shown.host === 'live' ? app.liveUrl : app.previewUrl}
          route={frames.route}
          onRoute={frames.go}
          onReload={frames.reload}
          device={readDevice(device)}
          onDevice={keepDevice}
          live={shown.host === 'live' ? { writing: isUnderWay(state) } : undefined}
          log={log}
          drawerOpen={open !== undefined}
          onDrawer={() => keepDrawer(open ? '' : 'console')}
        />
      )}
      <PreviewNotes state={state} host={shown?.host} />
      {frames.waiting && <WaitingNote waiting={frames.waiting} onShow={frames.showWaiting} />}
      {shown?.host === 'preview' && (
        <OlderNote state={preview} quiet={next?.host === 'live' || frames.waiting !== undefined} />
      )}
      <div className="relative flex min-h-0 flex-1 flex-col">
        {(shown ?? next) && (
          <DeviceFrame device={readDevice(device)}>
            <FrameStack {...frames} title={previewWords.frame(app.name || words.untitled)} />
          </DeviceFrame>
        )}
        {shown?.host === 'live' && state.snapshot.live?.status === 'broken' && <LastWorkingBadge />}
        {!shown && !preview.failure && (
          <div className="absolute inset-0">
            <PreviewWaiting state={preview} />
          </div>
        )}
      </div>
      {shown && open && (
        <ConsoleDrawer
          log={log}
          tab={open}
          onTab={keepDrawer}
          keep={keep === 'yes'}
          onKeep={(kept) => {
            keepKeep(kept ? 'yes' : '')
            log.keep(kept)
          }}
          onClose={() => keepDrawer('')}
        />
      )}
    </div>
  )
}

/** What the app's pages have said since this tab was opened. */
function usePageLog(app: string): LogStore {
  const [log] = useState(() => {
    const post = async (host: PostReports['host'], reports: PostReports['reports']) =>
      (await call(contract.previews.report, { app, host, reports })).items
    return createLogStore(post, readKept('console-keep') === 'yes')
  })
  useEffect(() => () => log.forget(), [log])
  return log
}
