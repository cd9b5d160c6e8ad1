import type { PreviewMessage } from '@overskill/protocol'
import { useRef } from 'react'
import type { ReportSink } from '../console/log-store.ts'
import type { Frame, FrameHeard } from './app-frame.tsx'
import { pathInApp } from './preview-host.ts'

type Listener = {
  /** A page answers: it is there, and nothing was done in it yet. */
  onReady: (frame: Frame) => void
  onPath: (frame: Frame, path: string) => void
  onTouched: (frame: Frame) => void
}

/** Sorts what the pages say by whom it is for. What a page reports before it is ready is nobody's. */
export function usePageTalk(reports: ReportSink, { onReady, onPath, onTouched }: Listener): FrameHeard['onMessage'] {
  const pages = useRef(new Map<string, number>())

  return (frame: Frame, message: PreviewMessage, dropped: number): void => {
    const page = pages.current.get(frame.key)
    if (dropped > 0 && page !== undefined) reports.dropped(page, dropped)
    switch (message.type) {
      case 'overskill:ready':
        pages.current.set(frame.key, reports.begin())
        return onReady(frame)
      case 'overskill:path': {
        const path = pathInApp(message.path, frame.url)
        return path === undefined ? undefined : onPath(frame, path)
      }
      case 'overskill:touched':
        return onTouched(frame)
      case 'overskill:report':
        if (page !== undefined) reports.report(page, frame.host, message.report)
    }
  }
}
