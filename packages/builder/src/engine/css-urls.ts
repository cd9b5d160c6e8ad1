const STRINGS = String.raw`"(?:\\[\s\S]|[^"\\])*"|'(?:\\[\s\S]|[^'\\])*'`

/**
 * A comment, an `@import` statement (whose address may hold `;`), a string, or a `url(…)`: whichever comes first. Linear: no
 * nested repeats.
 */
const TOKEN = new RegExp(
  String.raw`/\*[^*]*\*+(?:[^/*][^*]*\*+)*/|@import\s+(?:${STRINGS}|url\(\s*(?:${STRINGS}|[^)\s"']*)\s*\))[^;]*;|${STRINGS}|url\(\s*(?:"((?:\\[\s\S]|[^"\\])*)"|'((?:\\[\s\S]|[^'\\])*)'|([^)\s"']*))\s*\)`,
  'gi',
)

/**
 * Replaces the targets of `url(…)` in a stylesheet. Comments, other strings and `@import` are left alone.
 *
 * @param replace The new target, or null to keep the old one.
 */
export function replaceUrls(css: string, replace: (target: string) => string | null): string {
  return css.replace(TOKEN, (token: string, double?: string, single?: string, plain?: string) => {
    const target = double ?? single ?? plain
    if (!target) return token
    const replaced = replace(target)
    return replaced === null ? token : `url(${JSON.stringify(replaced)})`
  })
}

/** Moves `@import` statements of other sites to the top, where a browser accepts them. */
export function hoistImports(css: string): string {
  const imports: string[] = []
  const rest = css.replace(TOKEN, (token) => {
    if (!/^@import\s/i.test(token)) return token
    imports.push(token)
    return ''
  })
  return imports.length > 0 ? `${imports.join('\n')}\n${rest}` : css
}

const IMPORT_URL = /^(@import\s+)url\(\s*(?:"([^"]*)"|'([^']*)'|([^)\s"']+))\s*\)/i

/**
 * Writes `@import url(x)` as `@import "x"`, the one form that is flattened.
 *
 * @param isOwn Whether an address is meant to be flattened.
 */
export function plainImports(css: string, isOwn: (target: string) => boolean): string {
  return css.replace(TOKEN, (token) =>
    token.replace(IMPORT_URL, (whole, start: string, double?: string, single?: string, plain?: string) => {
      const target = double ?? single ?? plain ?? ''
      return isOwn(target) ? start + JSON.stringify(target) : whole
    }),
  )
}

/** Whether a target points outside the app on purpose: another site, inline data, or a fragment. */
export const isExternalUrl = (target: string): boolean => /^(?:[a-z][a-z0-9+.-]*:|\/\/|#)/i.test(target)
