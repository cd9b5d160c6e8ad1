import { z } from 'zod'

export type Dependency = { name: string; range: string; development: boolean }

const Ranges = z.record(z.string(), z.string()).optional()
const PackageJson = z.object({ dependencies: Ranges, devDependencies: Ranges })

/** The packages that a package.json names, the app's own first, each by name; undefined when it cannot be read. */
export function dependenciesOf(text: string): Dependency[] | undefined {
  const read = PackageJson.safeParse(parsed(text))
  if (!read.success) return undefined
  const list = (ranges: Record<string, string> | undefined, development: boolean): Dependency[] =>
    Object.entries(ranges ?? {})
      .map(([name, range]) => ({ name, range, development }))
      .sort((one, other) => one.name.localeCompare(other.name))
  return [...list(read.data.dependencies, false), ...list(read.data.devDependencies, true)]
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // somebody is in the middle of writing it
  }
}
