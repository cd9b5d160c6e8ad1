/** First and last byte, both included. */
export type ByteRange = { start: number; end: number }

/**
 * What a `Range` header asks of a body (RFC 9110 14.2). A header that is no byte range, and one with several, means the
 * whole body: both answers are allowed, and several ranges are how servers are made to work for nothing.
 */
export function readRange(header: string, bytes: number): ByteRange | 'whole' | 'unsatisfiable' {
  const asked = /^bytes=(\d{0,15})-(\d{0,15})$/i.exec(header.replaceAll(' ', ''))
  const [, first = '', last = ''] = asked ?? []
  if (!asked || (first === '' && last === '')) return 'whole'
  if (first === '') {
    const suffix = Math.min(Number(last), bytes)
    return suffix === 0 ? 'unsatisfiable' : { start: bytes - suffix, end: bytes - 1 }
  }
  const start = Number(first)
  const end = last === '' ? bytes - 1 : Math.min(Number(last), bytes - 1)
  if (last !== '' && Number(last) < start) return 'whole'
  return start >= bytes ? 'unsatisfiable' : { start, end }
}
