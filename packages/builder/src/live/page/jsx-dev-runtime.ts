import { Fragment, jsxDEV as make, type Source } from 'live:react-jsx'

/**
 * JSX of a live page: React's own, and the place in the source is remembered for each element by its props, which React
 * keeps at the element. Nothing is added to the page itself.
 */
type Place = { file: string; line: number; column: number }

const ROOT = '/@app/'
const places = new WeakMap<object, Source>()

export { Fragment }

export function jsxDEV(
  type: unknown,
  props: unknown,
  key: unknown,
  isStatic: unknown,
  source: Source | undefined,
  self: unknown,
): unknown {
  const element = make(type, props, key, isStatic, source, self)
  if (source && element.props) places.set(element.props, source)
  return element
}

type Fiber = { memoizedProps: object | null; return: Fiber | null }

/** Where in the source an element of the page was written: its own place, or that of what it lies in. */
function placeOf(element: Element): Place | null {
  const name = Object.keys(element).find((key) => key.startsWith('__reactFiber$'))
  let fiber = name === undefined ? null : (element as unknown as Record<string, Fiber | null>)[name]
  while (fiber) {
    const source = fiber.memoizedProps ? places.get(fiber.memoizedProps) : undefined
    if (source) return toPlace(source)
    fiber = fiber.return
  }
  return element.parentElement ? placeOf(element.parentElement) : null
}

const toPlace = ({ fileName, lineNumber, columnNumber }: Source): Place => ({
  file: fileName.startsWith(ROOT) ? fileName.slice(ROOT.length) : fileName,
  line: lineNumber,
  column: columnNumber,
})

Object.defineProperty(globalThis, Symbol.for('overskill.placeOf'), { value: placeOf, configurable: true })
