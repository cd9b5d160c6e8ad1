import { readIconModules } from '../../engine/icons.ts'
import type { PackageStore } from '../../engine/package-store.ts'
import { importsOf, nodeText, type SourceEdit } from '../../engine/source-edit.ts'
import type { SyntaxNode } from '../../engine/syntax-walk.ts'

export const ICONS_MODULE = '/@live/icons.js'

type Specifier = SyntaxNode & { imported: { name: string }; local: { name: string } }

const bodies = new WeakMap<PackageStore, Map<string, string | null>>()

/**
 * Puts icons where they are imported: `import { Check } from 'lucide-react'` becomes the data of that icon, made by the
 * package's own maker. No request is made for them, and the same icon is the same component in every file.
 */
export function inlineIcons(store: PackageStore, edit: SourceEdit): void {
  let used = false
  for (const node of importsOf(edit)) {
    if (node.source.value !== 'lucide-react') continue
    if (node.specifiers.some((specifier) => specifier.type !== 'ImportSpecifier')) continue
    const rest: string[] = []
    const own: string[] = []
    for (const specifier of node.specifiers as Specifier[]) {
      const body = specifier['importKind'] === 'type' ? null : iconBody(store, specifier.imported.name)
      if (body === null) rest.push(nodeText(edit, specifier))
      else own.push(`const ${specifier.local.name} = __live_icon(${JSON.stringify(specifier.imported.name)}, ${body});`)
    }
    if (own.length === 0) continue
    used = true
    if (rest.length > 0) own.push(`import { ${rest.join(', ')} } from 'lucide-react';`)
    edit.edits.overwrite(node.start, node.end, own.join(' '))
  }
  if (used) edit.edits.append(`\nimport { icon as __live_icon } from ${JSON.stringify(ICONS_MODULE)};`)
}

/** An icon's module as a function of the maker; null where it is not of the form that icons have. */
function iconBody(store: PackageStore, name: string): string | null {
  const known = bodies.get(store) ?? new Map<string, string | null>()
  bodies.set(store, known)
  const cached = known.get(name)
  if (cached !== undefined) return cached
  const body = readIcon(store, name)
  known.set(name, body)
  return body
}

const MAKER_IMPORT = /^import createLucideIcon from '\.\.\/createLucideIcon\.m?js';$/gm
const EXPORT = /^export \{[^}]*\b(\w+) as default[^}]*\};$/gm

function readIcon(store: PackageStore, name: string): string | null {
  const file = iconFile(store, name)
  if (!file) return null
  const text = new TextDecoder().decode(store.read(`${store.root}/${file}`))
  const plain = text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/^\/\/.*$/gm, '')
  const local = [...plain.matchAll(EXPORT)].map((match) => match[1])
  const body = plain.replaceAll(MAKER_IMPORT, '').replaceAll(EXPORT, '')
  if (local.length !== 1 || /\b(?:import|export)\b/.test(body)) return null
  return `(createLucideIcon) => { ${body.replaceAll(/\s*\n\s*/g, ' ').trim()} return ${local[0]} }`
}

function iconFile(store: PackageStore, name: string): string | undefined {
  try {
    return readIconModules(store).get(name)
  } catch {
    return undefined // a release with another list of icons: the package is taken whole
  }
}
