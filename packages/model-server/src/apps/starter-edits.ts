import { darkTokens, inBlock, lightTokens, type Colour } from '../sample/colours.ts'
import type { FileEdit } from './templates.ts'

/** Edits that fit every app on the starter. Each leaves the text as it is where it finds no place for itself. */

const escaped = (words: string) => words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')

/** The page's title, and its description if one is given. */
export const titleEdit = (name: string, description?: string): FileEdit => ({
  path: 'index.html',
  apply(html) {
    const titled = html.replace(/<title>[^<]*<\/title>/, () => `<title>${escaped(name)}</title>`)
    if (description === undefined) return titled
    return titled.replace(
      /(<meta name="description" content=")[^"]*"/,
      (_, start: string) => `${start}${escaped(description)}."`,
    )
  },
})

/** The colour's tokens, one edit for each theme. */
export const colourEdits = (colour: Colour): FileEdit[] => [
  { path: 'src/index.css', apply: (css) => inBlock(css, ':root', lightTokens(colour)) },
  { path: 'src/index.css', apply: (css) => inBlock(css, '.dark', darkTokens(colour)) },
]

/** The theme that the app starts in, until a person chooses another. */
export const themeEdit = (theme: 'dark' | 'light'): FileEdit => ({
  path: 'src/main.tsx',
  apply: (code) =>
    code.replace(/<ThemeProvider\b([^>]*)>/, (_, rest: string) => {
      const others = rest.replace(/\s*defaultTheme=(?:"[^"]*"|'[^']*'|\{[^}]*\})/, '')
      return `<ThemeProvider defaultTheme="${theme}"${others}>`
    }),
})

export const themeEdits = ({ colour, theme }: { colour: Colour | undefined; theme: 'dark' | 'light' | undefined }) => [
  ...(colour ? colourEdits(colour) : []),
  ...(theme ? [themeEdit(theme)] : []),
]
