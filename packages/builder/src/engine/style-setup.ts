import { readJsonc } from './aliases.ts'
import { joinInApp, type AppFiles } from './app-files.ts'
import { readPostcssConfig } from './postcss-config.ts'
import type { Problems } from './problems.ts'

/** Which Tailwind an app is written for, and where its config is. */
export type StyleSetup = {
  major: 3 | 4
  /** Where the config of Tailwind 3 lies, or its text when PostCSS's config holds it. */
  config: { path: string } | { path: string; source: string } | null
  /** Whether nested rules are taken apart before anything else. */
  nesting: boolean
}

const CONFIGS = ['js', 'cjs', 'mjs', 'ts'].map((extension) => `tailwind.config.${extension}`)

/** Reads how an app's styles are set up: from `package.json`, its stylesheets and its PostCSS config. Nothing of it is run. */
export function readStyleSetup(files: AppFiles, problems: Problems): StyleSetup {
  const { tailwind, nesting } = readPostcssConfig(files, problems)
  const major = rangeOf(files) ?? majorByDirectives(files)
  if (tailwind && 'source' in tailwind) return { major, nesting, config: { path: 'postcss.config', ...tailwind } }
  const named = tailwind ? joinInApp('', tailwind.path) : null
  if (tailwind && major === 3 && (named === null || !files.has(named)))
    problems.add({
      message: `The Tailwind config "${tailwind.path}" that the PostCSS config names is not a file of this app.`,
    })
  const path = named ?? CONFIGS.find((name) => files.has(name))
  return { major, nesting, config: path === undefined ? null : { path } }
}

/** What `package.json` asks for: 3 for every version before 4; undefined when it names none. */
function rangeOf(files: AppFiles): 3 | 4 | undefined {
  const manifest = readJsonc(files.text('package.json')) as Record<string, Record<string, unknown>> | undefined
  const range = manifest?.['dependencies']?.['tailwindcss'] ?? manifest?.['devDependencies']?.['tailwindcss']
  const version =
    typeof range === 'string' ? /(?:^|[^\w.])v?(\d+)(?:\.|$|\s|-)/.exec(range.replace(/^npm:.*@/, ''))?.[1] : undefined
  if (version === undefined) return undefined
  return Number(version) < 4 ? 3 : 4
}

const COMMENT = /\/\*[\s\S]*?\*\//g
const OF_4 =
  /@import\s+(?:url\(\s*)?["']tailwindcss(?:\/(?:index|theme|preflight)[\w.]*)?["']|@(?:theme|utility|plugin|custom-variant|reference|source)\b/
const OF_3 =
  /@tailwind\s+(?:base|components|screens|variants)\b|@import\s+(?:url\(\s*)?["']tailwindcss\/(?:base|components|screens|variants)\b/
const OF_EITHER = /@(?:apply|screen|layer\s+(?:base|components|utilities)|tailwind)\b|\b(?:theme|screen)\(/

/** What the stylesheets are written for. Without a sign it is 4, unless there is a config and something to do with it. */
function majorByDirectives(files: AppFiles): 3 | 4 {
  const sheets = [...files.paths()].filter((path) => path.endsWith('.css') && !path.startsWith('public/'))
  const texts = sheets.map((path) => (files.text(path) ?? '').replaceAll(COMMENT, ' '))
  if (texts.some((text) => OF_3.test(text))) return 3
  if (texts.some((text) => OF_4.test(text))) return 4
  return CONFIGS.some((name) => files.has(name)) && texts.some((text) => OF_EITHER.test(text)) ? 3 : 4
}
