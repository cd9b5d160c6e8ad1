/** Text for people, in the language of the page (`<html lang>`), never glued together by hand. */
const locale = () => document.documentElement.lang || navigator.language

type DateInput = Date | string | number

/** "Mar 4, 2031". Pass `{ dateStyle: 'full' }`, `{ month: 'short', day: 'numeric' }`, … for another form. */
export function formatDate(date: DateInput, options: Intl.DateTimeFormatOptions = { dateStyle: 'medium' }) {
  return new Intl.DateTimeFormat(locale(), options).format(toDate(date))
}

/** "9:05 AM" */
export function formatTime(date: DateInput) {
  return new Intl.DateTimeFormat(locale(), { timeStyle: 'short' }).format(toDate(date))
}

/** "3 days ago", "in 2 hours" */
export function formatRelative(date: DateInput, now: DateInput = Date.now()) {
  const seconds = (toDate(date).getTime() - toDate(now).getTime()) / 1000
  const format = new Intl.RelativeTimeFormat(locale(), { numeric: 'auto' })
  for (const [unit, size] of relativeUnits) {
    if (Math.abs(seconds) >= size) return format.format(Math.round(seconds / size), unit)
  }
  return format.format(Math.round(seconds), 'second')
}

/** "1,234.5" */
export function formatNumber(value: number, options?: Intl.NumberFormatOptions) {
  return new Intl.NumberFormat(locale(), options).format(value)
}

/** "$1,234.50" for `formatMoney(1234.5, 'USD')` */
export function formatMoney(value: number, currency = 'USD') {
  return new Intl.NumberFormat(locale(), { style: 'currency', currency }).format(value)
}

/** "42%" for `formatPercent(0.42)` */
export function formatPercent(share: number, digits = 0) {
  return new Intl.NumberFormat(locale(), { style: 'percent', maximumFractionDigits: digits }).format(share)
}

/** "1 book", "3 books": `formatCount(books.length, 'book', 'books')` */
export function formatCount(count: number, one: string, many: string) {
  return `${formatNumber(count)} ${new Intl.PluralRules(locale()).select(count) === 'one' ? one : many}`
}

const relativeUnits = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const

/** A date without a time ("2031-03-04") means that day here, not midnight in London. */
function toDate(date: DateInput) {
  if (typeof date === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(date)) return new Date(`${date}T00:00`)
  return new Date(date)
}
