import { importsOf, nodeText, type SourceEdit } from './source-edit.ts'
import type { SyntaxNode } from './syntax-walk.ts'
import type { PackageStore } from './package-store.ts'

const byStore = new WeakMap<PackageStore, ReadonlyMap<string, string>>()
/** The module of the package that makes an icon of its data. */
export const ICON_MAKER = /^lucide-react\/dist\/esm\/createLucideIcon\.m?js$/

/** The package's list of its icons; older versions end in `.js`. */
const BARREL = /\/lucide-react\/dist\/esm\/lucide-react\.m?js$/

/** The module of one icon, as `readIconModules` names it. */
export const ICON_MODULE = /^lucide-react\/dist\/esm\/icons\/[\w-]+\.m?js$/

/**
 * Icon name → module of that icon (`Check` → `lucide-react/dist/esm/icons/check.mjs`), read off the package's own list.
 * Going through the list itself would make each build read 2,105 modules (measured).
 */
export function readIconModules(store: PackageStore): ReadonlyMap<string, string> {
  const known = byStore.get(store)
  if (known) return known
  const icons = new Map<string, string>()
  byStore.set(store, icons)
  const path = store.hasPackage('lucide-react') ? store.findModule('lucide-react') : null
  if (path === null || !BARREL.test(path)) return icons
  const text = new TextDecoder().decode(store.read(path))
  for (const [, names = '', file = ''] of text.matchAll(/export \{([^}]*)\} from '\.\/icons\/([\w-]+\.m?js)'/g)) {
    for (const [, name = ''] of names.matchAll(/default as (\w+)/g))
      icons.set(name, `lucide-react/dist/esm/icons/${file}`)
  }
  return icons
}

type Specifier = SyntaxNode & { imported: { name: string }; local: { name: string } }

/** Turns `import { Check } from 'lucide-react'` into an import of that icon's own module. */
export function rewriteIcons(store: PackageStore, edit: SourceEdit): void {
  for (const node of importsOf(edit)) {
    if (node.source.value !== 'lucide-react') continue
    if (node.specifiers.some((specifier) => specifier.type !== 'ImportSpecifier')) continue
    const icons = readIconModules(store)
    const rest: string[] = []
    const own: string[] = []
    for (const specifier of node.specifiers as Specifier[]) {
      const file = specifier['importKind'] === 'type' ? undefined : icons.get(specifier.imported.name)
      if (file) own.push(`import ${specifier.local.name} from ${JSON.stringify(file)};`)
      else rest.push(nodeText(edit, specifier))
    }
    if (own.length === 0) continue
    if (rest.length > 0) own.push(`import { ${rest.join(', ')} } from 'lucide-react';`)
    edit.edits.overwrite(node.start, node.end, own.join(' '))
  }
}
