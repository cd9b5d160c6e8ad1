import { useCallback, useEffect, useRef, useState, type RefObject } from 'react'
import { flushSync } from 'react-dom'

/** This near to the end counts as being there. */
const nearPx = 32

type StickToBottom = {
  scroller: RefObject<HTMLDivElement | null>
  content: RefObject<HTMLDivElement | null>
  atBottom: boolean
  toBottom: () => void
  /** Makes a change above what is in view, which stays where it is. */
  growAbove: (change: () => void) => void
}

/** Keeps the end in view while it grows, only for as long as the person has it in view. */
export function useStickToBottom(): StickToBottom {
  const scroller = useRef<HTMLDivElement>(null)
  const content = useRef<HTMLDivElement>(null)
  const sticking = useRef(true)
  const [atBottom, setAtBottom] = useState(true)

  const toBottom = useCallback(() => {
    const element = scroller.current
    if (!element) return
    sticking.current = true
    element.scrollTop = element.scrollHeight
  }, [])

  const growAbove = useCallback((change: () => void) => {
    const element = scroller.current
    if (!element) return
    const fromEnd = element.scrollHeight - element.scrollTop
    flushSync(change)
    element.scrollTop = element.scrollHeight - fromEnd
  }, [])

  useEffect(() => {
    const element = scroller.current
    if (!element || !content.current) return
    let lastTop = element.scrollTop
    let lastHeight = element.scrollHeight
    const onScroll = (): void => {
      const near = element.scrollHeight - element.scrollTop - element.clientHeight < nearPx
      // Content that grows or shrinks moves the end away by itself; only scrolling up by hand lets go of it.
      if (near) sticking.current = true
      else if (element.scrollTop < lastTop && element.scrollHeight >= lastHeight) sticking.current = false
      lastTop = element.scrollTop
      lastHeight = element.scrollHeight
      setAtBottom(near || sticking.current)
    }
    const onResize = (): void => {
      if (sticking.current) element.scrollTop = element.scrollHeight
      onScroll()
    }
    element.addEventListener('scroll', onScroll, { passive: true })
    const observer = new ResizeObserver(onResize)
    observer.observe(element)
    observer.observe(content.current)
    return () => {
      element.removeEventListener('scroll', onScroll)
      observer.disconnect()
    }
  }, [])

  return { scroller, content, atBottom, toBottom, growAbove }
}
