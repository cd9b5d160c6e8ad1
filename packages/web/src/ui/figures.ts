/** Numbers and times as the screen says them. Always with a unit, never more exact than they are. */

/** `0.2 s`, `1.4 s`, `38 s`, `2 min 5 s`; below a tenth of a second in milliseconds. */
export function duration(ms: number): string {
  if (ms < 100) return `${Math.max(ms < 10 ? Number(ms.toFixed(1)) : Math.round(ms), 0)} ms`
  const seconds = ms / 1000
  if (seconds < 10) return `${seconds.toFixed(1)} s`
  if (seconds < 60) return `${Math.round(seconds)} s`
  const whole = Math.round(seconds)
  return whole % 60 === 0 ? `${whole / 60} min` : `${Math.floor(whole / 60)} min ${whole % 60} s`
}

/** `214 kB`: decimal units, as the network counts. */
export function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  if (bytes < 1_000_000) return `${bytes < 10_000 ? (bytes / 1000).toFixed(1) : Math.round(bytes / 1000)} kB`
  return `${(bytes / 1_000_000).toFixed(1)} MB`
}

/** The first six digits of a content hash, without its algorithm's name. */
export const shortHash = (hash: string): string => hash.replace(/^[a-z0-9]+[:-]/, '').slice(0, 6)

export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString('en')} ${count === 1 ? one : many}`

const steps: [limitSeconds: number, seconds: number, unit: Intl.RelativeTimeFormatUnit][] = [
  [3600, 60, 'minute'],
  [86_400, 3600, 'hour'],
  [86_400 * 14, 86_400, 'day'],
]
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'always', style: 'narrow' })
const day = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'short', year: 'numeric' })
const dayTime = new Intl.DateTimeFormat('en', { timeStyle: 'medium' })
const exact = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'medium' })

/** `just now`, `5 min ago`, `3 d ago`; older than two weeks the date. */
export function timeAgo(iso: string, nowMs: number): string {
  const seconds = (nowMs - Date.parse(iso)) / 1000
  if (seconds < 60) return 'just now'
  const step = steps.find(([limit]) => seconds < limit)
  return step ? relative.format(-Math.floor(seconds / step[1]), step[2]) : day.format(new Date(iso))
}

/** The time of day, to the second. */
export const timeOfDay = (iso: string): string => dayTime.format(new Date(iso))

/** The whole moment, for a tooltip. */
export const exactTime = (iso: string): string => exact.format(new Date(iso))
