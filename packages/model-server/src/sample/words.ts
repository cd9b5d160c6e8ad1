/** Small English word forms, enough for naming things in an app. All of them are pure and take any letters. */

const irregular: Record<string, string> = {
  people: 'person',
  children: 'child',
  men: 'man',
  women: 'woman',
  mice: 'mouse',
  geese: 'goose',
  leaves: 'leaf',
  knives: 'knife',
  shelves: 'shelf',
  lives: 'life',
  wives: 'wife',
  movies: 'movie',
  cookies: 'cookie',
  ties: 'tie',
  pies: 'pie',
  shoes: 'shoe',
  series: 'series',
  species: 'species',
  sheep: 'sheep',
  fish: 'fish',
}

/** `books` → `book`; only the last word of several changes. */
export function singular(words: string): string {
  return onLastWord(words, (word) => {
    const lower = word.toLowerCase()
    const known = irregular[lower]
    if (known !== undefined) return known
    if (/(ss|us|is)$/.test(lower)) return word
    if (/[^aeiou]ies$/.test(lower)) return `${word.slice(0, -3)}y`
    if (/(ches|shes|sses|xes|zzes)$/.test(lower)) return word.slice(0, -2)
    return lower.endsWith('s') && lower.length > 2 ? word.slice(0, -1) : word
  })
}

/** `book` → `books`; a plural stays as it is. */
export function plural(words: string): string {
  return onLastWord(singular(words), (word) => {
    const known = Object.entries(irregular).find(([, one]) => one === word.toLowerCase())
    if (known) return known[0]
    if (/[^aeiou]y$/.test(word)) return `${word.slice(0, -1)}ies`
    return /(s|x|z|ch|sh)$/.test(word) ? `${word}es` : `${word}s`
  })
}

function onLastWord(words: string, change: (word: string) => string): string {
  const at = words.lastIndexOf(' ') + 1
  return words.slice(0, at) + change(words.slice(at))
}

/** `title, author and rating`. */
export function listed(words: readonly string[], joint = 'and'): string {
  if (words.length < 2) return words[0] ?? ''
  return `${words.slice(0, -1).join(', ')} ${joint} ${words.at(-1)}`
}

export const withArticle = (words: string) =>
  `${/^[aeiou]/i.test(words) && !/^(uni|use|eu)/i.test(words) ? 'an' : 'a'} ${words}`

export const capitalised = (words: string) => words.charAt(0).toUpperCase() + words.slice(1)

/** Letters and digits of several words in lower case: the stuff of names in code and of file names. */
const parts = (words: string) =>
  words
    .replaceAll('ß', 'ss')
    .normalize('NFKD')
    .replaceAll(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(Boolean)

export const kebab = (words: string) => parts(words).join('-')

export const pascal = (words: string) => parts(words).map(capitalised).join('')

export function camel(words: string): string {
  const name = pascal(words)
  return name.charAt(0).toLowerCase() + name.slice(1)
}

/** A TypeScript string literal in single quotes. */
export const quoted = (words: string) =>
  `'${words
    .replaceAll('\\', '\\\\')
    .replaceAll("'", String.raw`\'`)
    .replaceAll('\n', String.raw`\n`)}'`
