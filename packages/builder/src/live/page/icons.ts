import * as makerModule from 'live:icon-maker'

type Maker = (...data: unknown[]) => unknown

const maker = (makerModule as unknown as { default: Maker }).default

const made = new Map<string, unknown>()

/** An icon by its name, made once: the same component in every file, also after its file was edited. */
export function icon(name: string, make: (createLucideIcon: Maker) => unknown): unknown {
  const known = made.get(name)
  if (known !== undefined) return known
  const component = make(maker)
  made.set(name, component)
  return component
}
