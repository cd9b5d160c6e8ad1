import { useEffect, useState } from 'react'
import { duration, exactTime, timeAgo } from './figures.ts'

/** The time now, drawn anew every so often while mounted. */
export function useNow(everyMs: number): number {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs)
    return () => clearInterval(timer)
  }, [everyMs])
  return now
}

/** When something happened, in words that grow older by themselves. */
export const Ago = ({ at, className }: { at: string; className?: string }) => {
  const now = useNow(30_000)
  return (
    <time dateTime={at} title={exactTime(at)} className={className}>
      {timeAgo(at, now)}
    </time>
  )
}

/** How long something has been going on, counted here from when this page first saw it. */
export function Elapsed({ className }: { className?: string }) {
  const [start] = useState(Date.now)
  const now = useNow(100)
  return <span className={className}>{duration(Math.max(0, now - start))}</span>
}
