import { useState, type KeyboardEvent, type PointerEvent } from 'react'
import { readKept, writeKept } from '../ui/kept.ts'
import { editorWords } from './strings.ts'

const leastPx = 320
const mostPx = 560
const usualPx = 400
const stepPx = 16

export type ConversationWidth = { px: number; set: (px: number) => void }

const within = (px: number): number => Math.round(Math.min(mostPx, Math.max(leastPx, px)))

/** The conversation's width in CSS pixels, remembered. */
export function useConversationWidth(): ConversationWidth {
  const [px, setPx] = useState(() => within(Number(readKept('conversation-width') ?? usualPx) || usualPx))
  return {
    px,
    set: (wanted) => {
      setPx(within(wanted))
      writeKept('conversation-width', String(within(wanted)))
    },
  }
}

/** The line between the halves: dragged, or moved with the arrow keys. A double click gives the usual width. */
export function PaneResizer({ width }: { width: ConversationWidth }) {
  const onKeyDown = (event: KeyboardEvent): void => {
    const to = { ArrowLeft: width.px - stepPx, ArrowRight: width.px + stepPx, Home: leastPx, End: mostPx }[event.key]
    if (to === undefined) return
    event.preventDefault()
    width.set(to)
  }
  const onPointerMove = (event: PointerEvent<HTMLDivElement>): void => {
    if (event.currentTarget.hasPointerCapture(event.pointerId)) width.set(event.clientX)
  }
  return (
    <div
      role="separator"
      tabIndex={0}
      aria-orientation="vertical"
      aria-label={editorWords.width}
      aria-valuenow={width.px}
      aria-valuemin={leastPx}
      aria-valuemax={mostPx}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={onPointerMove}
      onDoubleClick={() => width.set(usualPx)}
      className="relative z-10 hidden w-px shrink-0 cursor-col-resize touch-none bg-hairline transition-colors after:absolute after:inset-y-0 after:-inset-x-1 hover:bg-control focus-visible:bg-accent md:block"
    />
  )
}
