import type { PackageStore } from './package-store.ts'

const byStore = new WeakMap<PackageStore, ReadonlyMap<string, string>>()
const BARREL = 'lucide-react/dist/esm/lucide-react.mjs'

/**
 * Icon name → module of that icon (`Check` → `lucide-react/dist/esm/icons/check.mjs`), read off the package's own list.
 * Going through the list itself would make each build read 2,105 modules (measured).
 */
export function readIconModules(store: PackageStore): ReadonlyMap<string, string> {
  const known = byStore.get(store)
  if (known) return known
  const icons = new Map<string, string>()
  byStore.set(store, icons)
  if (!store.hasPackage('lucide-react')) return icons
  const text = new TextDecoder().decode(store.read(`${store.root}/${BARREL}`))
  for (const [, names = '', file = ''] of text.matchAll(/export \{([^}]*)\} from '\.\/icons\/([\w-]+\.mjs)'/g)) {
    for (const [, name = ''] of names.matchAll(/default as (\w+)/g))
      icons.set(name, `lucide-react/dist/esm/icons/${file}`)
  }
  return icons
}
