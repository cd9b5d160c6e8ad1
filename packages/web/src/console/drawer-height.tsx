import { useState, type KeyboardEvent, type PointerEvent } from 'react'
import { readKept, writeKept } from '../ui/kept.ts'
import { consoleWords } from './strings.ts'

const leastPx = 96
const mostPx = 640
const usualPx = 224
const stepPx = 16

export type DrawerHeight = { px: number; set: (px: number) => void }

const within = (px: number): number => Math.round(Math.min(mostPx, Math.max(leastPx, px)))

/** The drawer's height in CSS pixels, remembered. Where there is less room it takes what there is. */
export function useDrawerHeight(): DrawerHeight {
  const [px, setPx] = useState(() => within(Number(readKept('drawer-height') ?? usualPx) || usualPx))
  return {
    px,
    set: (wanted) => {
      setPx(within(wanted))
      writeKept('drawer-height', String(within(wanted)))
    },
  }
}

/** The drawer's upper edge: dragged, or moved with the arrow keys. A double click gives the usual height. */
export function DrawerEdge({ height }: { height: DrawerHeight }) {
  const onKeyDown = (event: KeyboardEvent): void => {
    const to = { ArrowUp: height.px + stepPx, ArrowDown: height.px - stepPx, Home: leastPx, End: mostPx }[event.key]
    if (to === undefined) return
    event.preventDefault()
    height.set(to)
  }
  const onPointerMove = (event: PointerEvent<HTMLDivElement>): void => {
    const drawer = event.currentTarget.parentElement
    if (drawer && event.currentTarget.hasPointerCapture(event.pointerId))
      height.set(drawer.getBoundingClientRect().bottom - event.clientY)
  }
  return (
    <div
      role="separator"
      tabIndex={0}
      aria-orientation="horizontal"
      aria-label={consoleWords.height}
      aria-valuenow={height.px}
      aria-valuemin={leastPx}
      aria-valuemax={mostPx}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={onPointerMove}
      onDoubleClick={() => height.set(usualPx)}
      className="relative z-10 h-px shrink-0 cursor-row-resize touch-none bg-hairline transition-colors after:absolute after:inset-x-0 after:-inset-y-1 hover:bg-control focus-visible:bg-accent"
    />
  )
}
