import { posix } from 'node:path'
import type { AskStyles } from '../styles/style-request.ts'
import type { Alias } from './aliases.ts'
import { joinInApp, parseAppId, type AppFiles } from './app-files.ts'
import { flattenImports } from './flatten-imports.ts'
import type { Problems } from './problems.ts'
import { bundleStyleCode, type BundledCode } from './style-code.ts'
import { addStyleFaults } from './style-faults.ts'
import type { StyleSetup } from './style-setup.ts'
import type { LoadedStylesheet } from './tailwind.ts'

type Sources = { files: AppFiles; aliases: readonly Alias[]; problems: Problems; askStyles: AskStyles }

const FEATURES = /@(?:tailwind|apply|layer|screen|variants|responsive)\b|\b(?:theme|screen)\(/
const AT_CONFIG = /@config\s+(?:"([^"]*)"|'([^']*)')\s*;?/
const COMMENT = /\/\*[\s\S]*?\*\//g

/** Stylesheets of Tailwind 3 itself, by the name that is imported. */
const OWN: Record<string, string> = {
  base: '@tailwind base;',
  components: '@tailwind components;',
  utilities: '@tailwind utilities;',
  variants: '@tailwind variants;',
  screens: '@tailwind screens;',
  tailwind: '@tailwind base;\n@tailwind components;\n@tailwind utilities;',
}

/** A stylesheet of Tailwind 3 itself, which belongs to the builder; null for any other specifier. */
function findOwnStylesheet(specifier: string): LoadedStylesheet | null {
  const name = /^tailwindcss\/(\w+)(?:\.css)?$/.exec(specifier)?.[1]
  const text = name === undefined ? undefined : OWN[name]
  return text === undefined ? null : { id: `tailwindcss/${name}.css`, text }
}

/**
 * Compiles a stylesheet of an app that is written for Tailwind 3: imports are put in here, the rest is done by a style process
 * with the app's own config. Faults of the config and of the sheet are recorded; then the css is empty.
 *
 * @throws What cannot be imported or parsed.
 */
export async function compileTailwind3(
  sources: Sources,
  setup: StyleSetup,
  sheet: LoadedStylesheet,
  load: (specifier: string, fromId: string) => LoadedStylesheet,
  addToSheet: (message: string) => void,
): Promise<string> {
  const flat = flattenImports(sheet, (specifier, fromId) => {
    if (specifier === 'tailwindcss')
      throw new Error(
        '@import "tailwindcss" is for Tailwind 4, and package.json asks for 3. Write "@tailwind base; @tailwind components; @tailwind utilities;" instead.',
      )
    return findOwnStylesheet(specifier) ?? load(specifier, fromId)
  })
  const plain = flat.text.replaceAll(COMMENT, ' ')
  const nesting = setup.nesting && plain.includes('{') && /&|\{[^{}]*\{/.test(plain)
  if (!FEATURES.test(plain) && !nesting) return flat.text
  const config = await bundleConfig(sources, setup, sheet)
  if (config === 'failed') return ''
  const answer = await sources.askStyles({
    toolchain: { major: 3, config: config && { path: config.path, code: config.code } },
    sheet: {
      major: 3,
      text: flat.text.replace(AT_CONFIG, (found) => ' '.repeat(found.length)),
      nesting,
      scans: /@tailwind\b/.test(plain),
    },
  })
  if (answer.ok) return answer.css
  const { files, problems } = sources
  const scripts = config ? [config] : []
  addStyleFaults(answer.faults, { files, problems, scripts, origin: flat.origin, addToSheet })
  return ''
}

/** The config that the sheet names, or the app's. */
async function bundleConfig(
  sources: Sources,
  setup: StyleSetup,
  sheet: LoadedStylesheet,
): Promise<BundledCode | null | 'failed'> {
  const [, double, single] = AT_CONFIG.exec(sheet.text.replaceAll(COMMENT, ' ')) ?? []
  const named = double ?? single
  const own = parseAppId(sheet.id)
  if (named !== undefined && own) {
    const path = joinInApp(own.path, named)
    if (path === null || !sources.files.has(path)) throw new Error(`The config "${named}" is not a file of this app.`)
    return (await bundleStyleCode(sources, path)) ?? 'failed'
  }
  if (!setup.config) return null
  const source = 'source' in setup.config ? setup.config.source : undefined
  return (await bundleStyleCode(sources, posix.normalize(setup.config.path), source)) ?? 'failed'
}
