import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { PackageStore } from '../engine/package-store.ts'

/** What every page of React needs, whether its files name it or not. */
const ALWAYS = ['react', 'react-dom', 'react-dom/client', 'react/jsx-runtime', 'react/jsx-dev-runtime']

/** Where icons are made: the rest of that package is 1.2 MB, and each icon comes with the file that uses it. */
export const ICON_MAKERS = ['lucide-react/dist/esm/createLucideIcon.mjs', 'lucide-react/dist/esm/createLucideIcon.js']

/** Tools that people list among the packages of an app, and that no page can run. */
const TOOLS =
  /^(?:@types\/|@vitejs\/|@tailwindcss\/|@eslint\/|@babel\/|@rollup\/|@swc\/|eslint|prettier|typescript$|vite$|vite-|vitest|tailwindcss|postcss|autoprefixer|sass|less$|webpack|rollup|esbuild|ts-node|tsx$|lovable-tagger|lucide-react$)/

/**
 * The modules of packages that a live page finds at hand: each package that the set was made for, by its own name, and what
 * React's pages need. Sorted; only what is there.
 */
export function listLiveSpecifiers(store: PackageStore, names: readonly string[]): string[] {
  const named = names.filter((name) => !TOOLS.test(name))
  const all = [...new Set([...named, ...ALWAYS])].filter((name) => isScript(store.findModule(name)))
  const maker = ICON_MAKERS.find((name) => existsSync(join(store.root, name)))
  return [...all, ...(maker ? [maker] : [])].toSorted()
}

export const isIconMaker = (specifier: string): boolean => ICON_MAKERS.includes(specifier)

const isScript = (path: string | null): boolean => path !== null && /\.[cm]?jsx?$/.test(path)
