/** Formats what an app logs. Reads no getter, never throws, and is bounded whatever it is given. */

const mostCharacters = 10_000
const mostItems = 50
const mostDepth = 4

/** `left`: characters that may still be written; `above`: the objects around the present one. */
type Room = { left: number; above: object[] }

/** The arguments of a console call as one text, with `%s %d %i %f %o %O %c %j` as consoles take them. */
export function formatArguments(given: readonly unknown[]): string {
  const room: Room = { left: mostCharacters, above: [] }
  const [first, ...rest] = given
  const texts: string[] = []
  if (typeof first === 'string' && first.includes('%')) texts.push(fillPattern(first, rest, room))
  else if (given.length > 0) rest.unshift(first)
  for (const value of rest) {
    if (room.left <= 0) break
    texts.push(typeof value === 'string' ? take(value, room) : describe(value, room))
  }
  return texts.join(' ').slice(0, mostCharacters)
}

/** One value, as a text. */
export const formatValue = (value: unknown): string =>
  typeof value === 'string' ? value.slice(0, mostCharacters) : describe(value, { left: mostCharacters, above: [] })

/** Puts values into a pattern, and removes those that it took from `rest`. */
function fillPattern(pattern: string, rest: unknown[], room: Room): string {
  return take(pattern, { left: mostCharacters, above: [] }).replace(/%([sdifoOcj%])/g, (whole, kind: string) => {
    if (kind === '%') return '%'
    if (rest.length === 0) return whole
    const value = rest.shift()
    if (kind === 'c') return '' // a style
    if (kind === 's') return typeof value === 'string' ? take(value, room) : describe(value, room)
    if (kind === 'd' || kind === 'i' || kind === 'f') return formatNumber(kind, value)
    return describe(value, room)
  })
}

function formatNumber(kind: string, value: unknown): string {
  if (typeof value !== 'number' && typeof value !== 'string') return typeof value === 'bigint' ? `${value}` : 'NaN'
  const number = Number.parseFloat(String(value))
  return String(kind === 'f' ? number : Math.trunc(number))
}

function take(text: string, room: Room): string {
  const taken = text.length > room.left ? `${text.slice(0, Math.max(0, room.left))}…` : text
  room.left -= taken.length
  return taken
}

function describe(value: unknown, room: Room): string {
  if (room.left <= 0) return '…'
  try {
    if (typeof value === 'string') return take(JSON.stringify(value.slice(0, room.left + 1)), room)
    if (typeof value === 'bigint') return take(`${value}n`, room)
    if (typeof value === 'function') return take(`[function ${ownText(value, 'name')}]`, room)
    if (typeof value !== 'object' || value === null) return take(String(value), room)
    if (room.above.includes(value)) return take('[circular]', room)
    if (room.above.length >= mostDepth) return take(Array.isArray(value) ? '[…]' : '{…}', room)
    room.above.push(value)
    try {
      return describeObject(value, room)
    } finally {
      room.above.pop()
    }
  } catch {
    return take('[unreadable]', room) // a proxy that refuses, an object of another origin
  }
}

function describeObject(value: object, room: Room): string {
  if (value instanceof Error) return take(describeError(value), room)
  if (value instanceof Node) return take(describeNode(value), room)
  if (value instanceof Date) return take(Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString(), room)
  if (value instanceof RegExp) return take(RegExp.prototype.toString.call(value), room)
  if (value instanceof Promise) return take('[promise]', room)
  if (ArrayBuffer.isView(value)) return take(`[${value.constructor.name} of ${value.byteLength} bytes]`, room)
  if (value === window) return take('[window]', room)
  if (value instanceof Event) return take(`[${value.type} event]`, room)
  if (Array.isArray(value)) return describeList('[', value, value.length, room, ']')
  if (value instanceof Set) return describeList('Set [', value, value.size, room, ']')
  if (value instanceof Map) return describeEntries('Map {', value, value.size, room)
  return describeFields(value, room)
}

function describeList(open: string, items: Iterable<unknown>, size: number, room: Room, close: string): string {
  const texts: string[] = []
  for (const item of items) {
    if (texts.length === mostItems || room.left <= 0) break
    texts.push(describe(item, room))
  }
  if (size > texts.length) texts.push(`… ${size - texts.length} more`)
  return `${open}${texts.join(', ')}${close}`
}

function describeEntries(open: string, entries: Map<unknown, unknown>, size: number, room: Room): string {
  const texts: string[] = []
  for (const [key, value] of entries) {
    if (texts.length === mostItems || room.left <= 0) break
    texts.push(`${describe(key, room)} => ${describe(value, room)}`)
  }
  if (size > texts.length) texts.push(`… ${size - texts.length} more`)
  return `${open}${texts.join(', ')}}`
}

function describeFields(value: object, room: Room): string {
  const texts: string[] = []
  const keys = Object.keys(value)
  for (const key of keys) {
    if (texts.length === mostItems || room.left <= 0) break
    const field = Object.getOwnPropertyDescriptor(value, key)
    const shown = field && 'value' in field ? describe(field.value, room) : take('[getter]', room)
    texts.push(`${take(key, room)}: ${shown}`)
  }
  if (keys.length > texts.length) texts.push(`… ${keys.length - texts.length} more`)
  const maker: unknown = (Object.getPrototypeOf(value) as object | null)?.constructor
  const name = typeof maker === 'function' && maker !== Object ? `${ownText(maker, 'name')} ` : ''
  return `${take(name, room)}{${texts.join(', ')}}`
}

/** Name and message, and what caused it; its places are told apart from its text. */
export function describeError(error: Error): string {
  const texts: string[] = []
  for (let at: unknown = error; at instanceof Error && texts.length < 5; at = at.cause) {
    const message = String(at.message)
    texts.push(message === '' ? String(at.name) : `${String(at.name)}: ${message}`)
  }
  return texts.join('\nCaused by: ').slice(0, mostCharacters)
}

function describeNode(node: Node): string {
  if (!(node instanceof Element)) return `[${node.nodeName}]`
  const attributes = [...node.attributes].slice(0, 4).map(({ name, value }) => ` ${name}="${value.slice(0, 60)}"`)
  return `<${node.localName}${attributes.join('')}>`
}

/** A text field of its own, without running a getter. */
function ownText(value: object, key: string): string {
  const text: unknown = Object.getOwnPropertyDescriptor(value, key)?.value
  return typeof text === 'string' ? text.slice(0, 100) : ''
}
