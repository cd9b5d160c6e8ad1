import { parseSync } from 'oxc-parser'
import type { TransformResult, ViteDevServer } from 'vite'
import type { LiveVendor } from './live-vendor.ts'

const importsOf = new WeakMap<TransformResult, readonly string[]>()

/** The addresses that a finished module imports before it runs. */
function staticImports(result: TransformResult): readonly string[] {
  const known = importsOf.get(result)
  if (known) return known
  const { module } = parseSync('module.js', result.code)
  const imports = [...new Set(module.staticImports.map(({ moduleRequest }) => moduleRequest.value))]
  importsOf.set(result, imports)
  return imports
}

/**
 * All that a browser will ask for before a page's scripts run, as it will ask for it: it can fetch everything at once, and
 * need not find out file by file. A module that cannot be made is left out; it is asked for, and fails, by itself.
 */
export async function findStaticModules(
  vite: ViteDevServer,
  vendor: LiveVendor,
  entries: readonly string[],
): Promise<string[]> {
  const found = new Set<string>()
  const visit = async (address: string): Promise<void> => {
    if (found.has(address)) return
    found.add(address)
    const result = await vite.environments.client.transformRequest(withoutTime(address)).catch(() => null)
    if (!result) return void found.delete(address)
    const imports = staticImports(result)
    const inner = imports.filter((item) => item.startsWith('/'))
    for (const item of imports) if (item.startsWith('//v/')) for (const file of vendor.closure(item)) found.add(file)
    await Promise.all(inner.filter((item) => !item.startsWith('//')).map(visit))
  }
  await Promise.all(entries.map(visit))
  return [...found]
}

/** An address without the mark of an update, as modules are known by. */
export const withoutTime = (address: string): string => address.replace(/\?t=\d+$/, '').replace(/([?&])t=\d+&/, '$1')
