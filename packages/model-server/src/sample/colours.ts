/** A colour that a prompt may name: its hue in degrees of OKLCH, how strong it is, how light its light form is. */
export type Colour = { name: string; hue: number; chroma: number; lightness: number }

const colour = (name: string, hue: number, chroma: number, lightness = 0.48): Colour => ({
  name,
  hue,
  chroma,
  lightness,
})

const colours: Record<string, Colour> = {
  green: colour('green', 155, 0.105, 0.46),
  emerald: colour('emerald', 162, 0.11, 0.46),
  forest: colour('forest green', 150, 0.085, 0.38),
  olive: colour('olive', 115, 0.085, 0.45),
  lime: colour('lime', 128, 0.12, 0.46),
  mint: colour('mint', 168, 0.085, 0.47),
  sage: colour('sage', 145, 0.05, 0.46),
  teal: colour('teal', 190, 0.08, 0.46),
  turquoise: colour('turquoise', 195, 0.085, 0.47),
  cyan: colour('cyan', 212, 0.09, 0.47),
  blue: colour('blue', 256, 0.16, 0.49),
  navy: colour('navy', 262, 0.11, 0.34),
  indigo: colour('indigo', 276, 0.17, 0.46),
  purple: colour('purple', 303, 0.17, 0.47),
  violet: colour('violet', 293, 0.18, 0.48),
  lavender: colour('lavender', 295, 0.1, 0.5),
  magenta: colour('magenta', 330, 0.19, 0.49),
  pink: colour('pink', 355, 0.17, 0.53),
  rose: colour('rose', 12, 0.17, 0.52),
  red: colour('red', 26, 0.18, 0.5),
  burgundy: colour('burgundy', 15, 0.12, 0.37),
  coral: colour('coral', 32, 0.15, 0.53),
  orange: colour('orange', 47, 0.14, 0.53),
  amber: colour('amber', 68, 0.115, 0.51),
  gold: colour('gold', 82, 0.105, 0.5),
  yellow: colour('yellow', 92, 0.105, 0.51),
  brown: colour('brown', 55, 0.07, 0.41),
  beige: colour('beige', 75, 0.045, 0.47),
  grey: colour('grey', 260, 0.012, 0.42),
  black: colour('black', 260, 0.006, 0.24),
}

const spellings: Record<string, string> = {
  gray: 'grey',
  crimson: 'red',
  scarlet: 'red',
  maroon: 'burgundy',
  salmon: 'coral',
  aqua: 'cyan',
  lilac: 'lavender',
  fuchsia: 'magenta',
  azure: 'blue',
  monochrome: 'black',
  golden: 'gold',
}

const words = [...Object.keys(colours), ...Object.keys(spellings)]

/** Colour words that are things as well: an olive, a rose, a coral. They need a word beside them that says colour. */
const things = new Set([
  'forest',
  'olive',
  'lime',
  'mint',
  'sage',
  'lavender',
  'rose',
  'coral',
  'salmon',
  'gold',
  'amber',
  'navy',
])
const alternatives = (some: readonly string[]) =>
  `(?:(?:dark|light|deep|bright|pale|warm|soft)[ -])?(${some.join('|')})`

/** A plain colour word with what shades it, so that `dark green` is a colour and `dark` alone is not. */
export const colourPattern = new RegExp(String.raw`\b${alternatives(words.filter((word) => !things.has(word)))}\b`, 'i')
const colourAsked = new RegExp(
  String.raw`\b(?:in|to|it|be|use|colou?r(?:ed)?) (?:an? )?${alternatives(words)}\b|\b${alternatives(words)} (?:theme|style|colou?rs?|accents?|look|scheme|palette|tones?|version)\b`,
  'i',
)

/** The colour that the words ask for: one that is asked for as a colour, else the first plain colour word. */
export function colourIn(sentence: string): Colour | undefined {
  const asked = colourAsked.exec(sentence)
  const found = asked ?? colourPattern.exec(sentence)
  const word = asked?.[1] ?? asked?.[2] ?? found?.[1]
  const plain = word === undefined ? undefined : findColour(word)
  return plain && /\b(?:dark|deep)[ -]/i.test(found?.[0] ?? '') ? darker(plain) : plain
}

const darker = ({ name, hue, chroma, lightness }: Colour): Colour =>
  colour(`dark ${name}`, hue, chroma * 0.85, Math.max(0.22, lightness - 0.1))

/** The words without what they say about colour. */
export const withoutColours = (sentence: string) =>
  sentence
    .replaceAll(new RegExp(colourAsked, 'gi'), ' ')
    .replaceAll(new RegExp(colourPattern, 'gi'), ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()

/** The colour that a word names; undefined for any other word. */
function findColour(word: string): Colour | undefined {
  const lower = word.toLowerCase()
  return colours[spellings[lower] ?? lower]
}

/** Values of the starter's tokens in one of its two themes. */
export type Tokens = Record<string, string>

const oklch = (lightness: number, chroma: number, hue: number) =>
  `oklch(${round(lightness)} ${round(chroma)} ${round(hue)})`
const round = (value: number) => Number(value.toFixed(3))

/** The tokens that carry the colour in the light theme: white on `--primary` keeps a contrast of 4.5. */
export function lightTokens({ hue, chroma, lightness }: Colour): Tokens {
  const tint = Math.min(chroma / 0.12, 1)
  return {
    '--background': oklch(0.988, 0.004 * tint, hue),
    '--primary': oklch(lightness, chroma, hue),
    '--primary-foreground': oklch(0.99, 0.004 * tint, hue),
    '--secondary': oklch(0.955, 0.012 * tint, hue),
    '--muted': oklch(0.962, 0.008 * tint, hue),
    '--accent': oklch(0.945, 0.026 * tint, hue),
    '--accent-foreground': oklch(0.28, Math.min(chroma, 0.05), hue),
    '--border': oklch(0.905, 0.012 * tint, hue),
    '--ring': oklch(0.58, chroma, hue),
    '--chart-1': oklch(0.55, chroma, hue),
  }
}

/** The same in the dark theme: dark words on a light `--primary`. */
export function darkTokens({ hue, chroma }: Colour): Tokens {
  const tint = Math.min(chroma / 0.12, 1)
  const light = Math.min(chroma * 0.85, 0.13)
  return {
    '--background': oklch(0.19, 0.01 * tint, hue),
    '--card': oklch(0.228, 0.013 * tint, hue),
    '--popover': oklch(0.244, 0.014 * tint, hue),
    '--primary': oklch(0.78, light, hue),
    '--primary-foreground': oklch(0.2, 0.035 * tint, hue),
    '--secondary': oklch(0.285, 0.018 * tint, hue),
    '--muted': oklch(0.265, 0.014 * tint, hue),
    '--accent': oklch(0.3, 0.035 * tint, hue),
    '--accent-foreground': oklch(0.945, 0.014 * tint, hue),
    '--border': oklch(0.315, 0.016 * tint, hue),
    '--input': oklch(0.4, 0.02 * tint, hue),
    '--ring': oklch(0.68, light, hue),
    '--chart-1': oklch(0.7, light, hue),
  }
}

/** The style sheet with the colour in its `:root` and `.dark` blocks; tokens that a block does not have are left out. */
export function recolour(css: string, chosen: Colour): string {
  return inBlock(inBlock(css, ':root', lightTokens(chosen)), '.dark', darkTokens(chosen))
}

/** One block of the two, so that each becomes an edit of its own. */
export function inBlock(css: string, selector: string, tokens: Tokens): string {
  const start = css.search(new RegExp(String.raw`^${selector.replace('.', String.raw`\.`)}\s*\{`, 'm'))
  const end = start === -1 ? -1 : css.indexOf('}', start)
  if (end === -1) return css
  const block = css
    .slice(start, end)
    .replaceAll(/(--[\w-]+):[^;]*;/g, (line: string, token: string) =>
      token in tokens ? `${token}: ${tokens[token]};` : line,
    )
  return css.slice(0, start) + block + css.slice(end)
}
