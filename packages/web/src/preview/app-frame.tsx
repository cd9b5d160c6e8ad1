import type { PreviewMessage } from '@overskill/protocol'
import { useEffect, useEffectEvent, useRef, useState } from 'react'
import { createPageListener, hello } from './page-messages.ts'
import type { Host } from './preview-host.ts'

/** A page that was loaded and does not answer by then is none of the app's: an error of its server, or of the network. */
const longestSilenceMs = 4_000

/** One page of the app. `url` is where it was loaded; where it has gone since is not known from that. */
export type Frame = { key: string; host: Host; deployment?: string | undefined; url: string }

export type FrameHeard = {
  /** The page is there, as far as the browser can say. */
  onLoad: (frame: Frame) => void
  /** It was loaded and says nothing. */
  onSilence: (frame: Frame) => void
  /** What the page says; `dropped`: how much was left out before that, because it said too much. */
  onMessage: (frame: Frame, message: PreviewMessage, dropped: number) => void
}

type AppFrameProps = FrameHeard & { frame: Frame; title: string; shown: boolean }

/** The app stands on another site than the studio and may not navigate it away (`sandbox`). */
export function AppFrame({ frame, title, shown, onLoad, onSilence, onMessage }: AppFrameProps) {
  const element = useRef<HTMLIFrameElement>(null)
  const silence = useRef<ReturnType<typeof setTimeout>>(undefined)
  const { origin } = new URL(frame.url)
  const [listener] = useState(() => createPageListener(() => element.current?.contentWindow, origin))
  const hear = useEffectEvent((event: MessageEvent) => {
    const message = listener.read(event)
    if (!message) return
    if (message.type === 'overskill:ready') clearTimeout(silence.current)
    onMessage(frame, message, listener.takeDropped())
  })
  useEffect(() => {
    const listen = (event: MessageEvent): void => hear(event)
    addEventListener('message', listen)
    return () => {
      removeEventListener('message', listen)
      clearTimeout(silence.current)
    }
  }, [])
  const greet = (): void => {
    clearTimeout(silence.current)
    silence.current = setTimeout(() => onSilence(frame), longestSilenceMs)
    element.current?.contentWindow?.postMessage(hello, origin)
    onLoad(frame)
  }
  return (
    <iframe
      ref={element}
      src={frame.url}
      title={title}
      {...(!shown && { 'aria-hidden': true, tabIndex: -1 })}
      sandbox="allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox allow-modals allow-downloads allow-pointer-lock"
      allow="clipboard-write; fullscreen"
      onLoad={greet}
      className={`absolute inset-0 size-full border-0 bg-panel ${shown ? '' : 'invisible'}`}
    />
  )
}
