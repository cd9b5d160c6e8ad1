import { useEffect, useState } from 'react'

/** An app that never finishes loading is shown as far as it came. */
const longestLoadMs = 8_000

type Frame = { key: string; url: string }

type FrameStackProps = {
  /** Changes whenever the page is to be loaded anew. */
  frameKey: string
  url: string
  title: string
}

/**
 * The app in an iframe. A new page loads behind the one in view and takes its place once it is there, so that nothing
 * flashes. The app stands on another site than the studio and may not navigate it away (`sandbox`).
 */
export function FrameStack({ frameKey, url, title }: FrameStackProps) {
  const [shown, setShown] = useState<Frame>({ key: frameKey, url })
  const wanted: Frame = { key: frameKey, url }
  const waiting = wanted.key !== shown.key
  useEffect(() => {
    if (!waiting) return
    const timer = setTimeout(() => setShown({ key: frameKey, url }), longestLoadMs)
    return () => clearTimeout(timer)
  }, [waiting, frameKey, url])
  return (
    <div className="relative size-full">
      {(waiting ? [shown, wanted] : [shown]).map((frame) => (
        <iframe
          key={frame.key}
          src={frame.url}
          title={title}
          {...(frame.key !== shown.key && { 'aria-hidden': true, tabIndex: -1 })}
          sandbox="allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox allow-modals allow-downloads allow-pointer-lock"
          allow="clipboard-write; fullscreen"
          onLoad={() => frame.key === wanted.key && setShown(wanted)}
          className={`absolute inset-0 size-full border-0 bg-panel ${frame.key === shown.key ? '' : 'invisible'}`}
        />
      ))}
    </div>
  )
}
