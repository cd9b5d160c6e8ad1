import type { TailwindCompiler } from './tailwind.ts'

/** Compiles one stylesheet again and again for other classes, with the work of earlier times. */
export type KeptCompiler = {
  /** @param create Reads the same stylesheet anew. */
  build(candidates: readonly string[], create: () => Promise<TailwindCompiler>): Promise<string>
}

/** Words that were tried as classes, until a compiler is made anew. */
const MAX_TRIED = 50_000

/**
 * Keeps one compiler of Tailwind 4 while classes are only added (it never forgets one), and takes a new one when a class is
 * gone. So what it gives is what a new compiler gives for the same words.
 */
export function keepCompiler(first: TailwindCompiler): KeptCompiler {
  let compiler = first
  let tried = new Set<string>()
  let css = ''
  const isGone = (candidates: readonly string[]): boolean => {
    const asked = new Set(candidates)
    return [...tried].some((word) => !asked.has(word) && mattersIn(css, word))
  }
  return {
    async build(candidates, create) {
      if (tried.size > MAX_TRIED || isGone(candidates)) {
        compiler = await create()
        tried = new Set()
      }
      const added = candidates.filter((word) => !tried.has(word))
      for (const word of added) tried.add(word)
      css = compiler.build(added)
      return css
    },
  }
}

/** Whether a word may have made a rule in the css: false only when it surely did not. `--x` keeps a variable of the theme. */
const mattersIn = (css: string, word: string): boolean => word.startsWith('--') || css.includes(`.${escapeClass(word)}`)

/** A class as a selector writes it (CSSOM, "serialize an identifier"), as far as Tailwind does it. */
function escapeClass(word: string): string {
  let escaped = ''
  for (let index = 0; index < word.length; index += 1) {
    const character = word.charAt(index)
    const code = word.charCodeAt(index)
    const isDigit = code >= 48 && code <= 57
    if (isDigit && (index === 0 || (index === 1 && word.startsWith('-')))) escaped += `\\${code.toString(16)} `
    else if (code >= 128 || isDigit || /[\w-]/.test(character)) escaped += character
    else escaped += `\\${character}`
  }
  return escaped
}
