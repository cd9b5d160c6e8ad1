import { expect, test } from 'vitest'
import { colourIn, darkTokens, inBlock, lightTokens, type Tokens } from './colours.ts'

const words = [
  'green',
  'emerald',
  'teal',
  'turquoise',
  'cyan',
  'blue',
  'indigo',
  'purple',
  'violet',
  'magenta',
  'pink',
  'red',
  'burgundy',
  'orange',
  'yellow',
  'brown',
  'beige',
  'grey',
  'black',
  'olive theme',
  'lime theme',
  'mint theme',
  'sage theme',
  'navy theme',
  'lavender theme',
  'rose theme',
  'coral theme',
  'amber theme',
  'gold theme',
  'forest theme',
]

/** Relative luminance of an `oklch(…)` value as a screen shows it: out-of-gamut parts are cut off. */
function luminance(value: string): number {
  const [lightness = 0, chroma = 0, hue = 0] = [...value.matchAll(/[\d.]+/g)].map(Number)
  const a = chroma * Math.cos((hue * Math.PI) / 180)
  const b = chroma * Math.sin((hue * Math.PI) / 180)
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3
  const clip = (linear: number) => Math.min(1, Math.max(0, linear))
  const red = clip(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s)
  const green = clip(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s)
  const blue = clip(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s)
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function contrast(tokens: Tokens, front: string, back: string): number {
  const [light = 0, dark = 0] = [luminance(tokens[front] ?? ''), luminance(tokens[back] ?? '')].toSorted(
    (x, y) => y - x,
  )
  return (light + 0.05) / (dark + 0.05)
}

test.each(words)('in %s, words on the main colour and on the accent have a contrast of 4.5 in both themes', (word) => {
  const colour = colourIn(`in ${word}`)!
  for (const tokens of [lightTokens(colour), darkTokens(colour)]) {
    expect(contrast(tokens, '--primary-foreground', '--primary')).toBeGreaterThan(4.5)
    expect(contrast(tokens, '--primary', '--background')).toBeGreaterThan(4.5)
    expect(contrast(tokens, '--accent-foreground', '--accent')).toBeGreaterThan(4.5)
  }
})

test('a thing that is named like a colour is none until it is asked for as one', () => {
  expect(colourIn('a rose garden list')).toBeUndefined()
  expect(colourIn('olive oils')).toBeUndefined()
  expect(colourIn('in rose')?.name).toBe('rose')
  expect(colourIn('an olive theme')?.name).toBe('olive')
  expect(colourIn('a blueberry list')).toBeUndefined()
})

test('only the named block and only its tokens change', () => {
  const css = ':root {\n  --primary: red;\n  --radius: 1rem;\n}\n.dark {\n  --primary: blue;\n}\n'
  expect(inBlock(css, '.dark', { '--primary': 'white', '--ring': 'grey' })).toBe(css.replace('blue', 'white'))
  expect(inBlock('body {}', ':root', { '--primary': 'x' })).toBe('body {}')
})
