import { type ParseResult, parseSync, type ParserOptions } from 'oxc-parser'
import { findTooDeep } from './script-depth.ts'

export type ScriptLanguage = 'js' | 'jsx' | 'ts' | 'tsx' | 'dts'

const languages: Record<string, ScriptLanguage> = {
  js: 'js',
  mjs: 'js',
  cjs: 'js',
  jsx: 'jsx',
  ts: 'ts',
  mts: 'ts',
  cts: 'ts',
  tsx: 'tsx',
}

const extensionOf = (path: string): string => /\.([a-z0-9]+)$/i.exec(path)?.[1]?.toLowerCase() ?? ''

/** The language of a script by its name; undefined for anything else. */
export const scriptLanguage = (path: string): ScriptLanguage | undefined =>
  /\.d\.[cm]?ts$/i.test(path) ? 'dts' : languages[extensionOf(path)]

/**
 * What a script was parsed to; or nothing, where parsing it in this process could end that: `tooDeepAt` is the line (from 1) at
 * which it nests too deep, undefined where a line of it is too long.
 */
export type ParsedScript = { parsed: ParseResult } | { parsed?: undefined; tooDeepAt: number | undefined }

/** The parser copies its whole line into each of thousands of errors. */
const overlongLine = /[^\n]{10001}/

const tooDeepLine = (text: string, lang: ScriptLanguage): number | undefined =>
  findTooDeep(text, { types: lang !== 'js' && lang !== 'jsx', tags: lang === 'jsx' || lang === 'tsx' })

/** Parses a script in this process: the only way to the native parser here, for some scripts would end the process. */
export function parseScript(
  path: string,
  text: string,
  lang: ScriptLanguage,
  options: Pick<ParserOptions, 'sourceType' | 'showSemanticErrors'> = {},
): ParsedScript {
  const tooDeepAt = tooDeepLine(text, lang)
  if (tooDeepAt !== undefined || overlongLine.test(text)) return { tooDeepAt }
  return { parsed: parseSync(path, text, { sourceType: 'module', ...options, lang }) }
}

/** Whether a file is a script that the process that asks is not to parse: it nests too deep, or a line of it is too long. */
export function isUnsafeToParse(path: string, text: string): boolean {
  const language = scriptLanguage(path)
  return language !== undefined && (tooDeepLine(text, language) !== undefined || overlongLine.test(text))
}
