import { camel, capitalised, listed, singular } from './words.ts'

export type FieldKind =
  | 'text'
  | 'longText'
  | 'number'
  | 'money'
  | 'date'
  | 'rating'
  | 'checkbox'
  | 'select'
  | 'category'
  | 'email'
  | 'phone'
  | 'url'

export type Field = { key: string; label: string; kind: FieldKind; required?: true; options?: readonly string[] }

/** What a field's name says about its kind; the first that fits. Names are in lower case. */
const kindsByName: [RegExp, FieldKind][] = [
  [/\b(e-?mail)\b/, 'email'],
  [/\b(phone|telephone|mobile|cell)\b/, 'phone'],
  [/\b(url|link|website|web ?site|homepage)\b/, 'url'],
  [/\b(ratings?|stars?|score out of 5)\b/, 'rating'],
  [/\b(priority|status|stage|state|progress|urgency|difficulty)\b/, 'select'],
  [/\b(dates?|due|deadline|birthday|anniversary|day|expiry|expires|when)\b/, 'date'],
  [/\b(last|next|date) \w+ed\b|\b(bought|started|finished|watered|visited|purchased|seen|planted) on\b/, 'date'],
  [/\blast (watered|fed|seen|visited|played|worn|used|service|cleaned)\b/, 'date'],
  [/\b(price|cost|amount|budget|salary|fee|total|spent|worth|balance|income|revenue|rent|worth)\b/, 'money'],
  [
    /\b(number|no\.|count|quantity|qty|pages?|year|age|weight|height|size|length|minutes|hours|mins|duration|calories|servings|players|distance|km|miles|stock|reps|sets|points|score|level|temperature|mileage|steps taken|times)\b/,
    'number',
  ],
  [
    /^(is |has )?(done|finished|read|watched|completed?|bought|paid|favou?rites?|favou?rite|owned|visited|available|active|returned|lent|lent out|packed|seen|played|tried|cooked|attending|vegan|vegetarian|sold|shipped|urgent|archived|checked|confirmed)\??$/,
    'checkbox',
  ],
  [
    /\b(notes?|descriptions?|comments?|reviews?|ingredients|steps|instructions|summary|details|thoughts|address|method|lyrics|quotes?|recipe)\b/,
    'longText',
  ],
  [
    /\b(category|categories|genre|genres|type|kind|tags?|cuisine|platform|room|department|brand|colou?r|group)\b/,
    'category',
  ],
]

const optionsByName: [RegExp, readonly string[]][] = [
  [/priority|urgency/, ['Low', 'Medium', 'High']],
  [/difficulty/, ['Easy', 'Medium', 'Hard']],
  [/./, ['To do', 'In progress', 'Done']],
]

/** Parts of a page or a program, by the last word of their name. */
const programParts =
  /\b(?:page|(?:section|button|menu|header|footer|chart|graph|view|tab|modal|animation|logo|icon|toggle|sidebar|navbar|map|dashboard|pagination|screen|support|bar|mode|theme|feature|version|backend|language|translation|home ?screen|drop ?down|pop ?up)s?)$/

/** What a list of fields may name that is no field: the app has it anyway, or it is no matter of data. */
const features =
  /^(?:(?:a|an|the|full|live|text|quick|simple|nice)\s+)*(?:search(?:ing| bar| box)?|filter(?:s|ing)?|sort(?:ing)?|sample data|examples?|local storage|(?:dark|light)(?: mode| theme)?|edit(?:ing)?|delet(?:e|ing)|add(?:ing)?|stats|statistics|counts?|totals|log ?ins?|sign ?(?:in|up)|accounts?|users?|authentication|payments?|checkout|charts?|graphs?|exports?|imports?|csv export|notifications?|sharing|(?:photo|image|picture|cover|file)s?(?: uploads?)?|uploads?|testimonials?|(?:dark|light)\W.*)$/

/**
 * The fields that a phrase such as `title, author (text) and a 5-star rating` names, at most 12, each once.
 * `name (a, b, c)` is a choice of a, b and c.
 */
export function parseFields(phrase: string): Field[] {
  const found = new Map<string, Field>()
  for (const piece of splitOutsideBrackets(phrase)) {
    const field = parseField(piece)
    if (field && !found.has(field.key) && found.size < 12) found.set(field.key, field)
  }
  return [...found.values()]
}

/** One field from words such as `a due date`, or undefined if they name none. */
export function parseField(words: string): Field | undefined {
  const options = /\(([^()]*[,/|][^()]*)\)/
    .exec(words)?.[1]
    ?.split(/\s*(?:[,/|]|\bor\b)\s*/)
    .filter(Boolean)
  const name = cleanName(words.replaceAll(/\([^()]*\)/g, ' '))
  if (
    name === '' ||
    name.length > 40 ||
    features.test(name) ||
    programParts.test(name) ||
    /\b(with|that|which)\b/.test(name)
  )
    return undefined
  const key = camel(name)
  if (!/^[a-z]/.test(key)) return undefined
  const kind = options === undefined ? (plainKind(words) ?? kindOf(name)) : 'select'
  const field: Field = { key, label: capitalised(name), kind }
  return kind === 'select' ? { ...field, options: options?.map(capitalised) ?? optionsOf(name) } : field
}

/** Kinds that the words around a name say: `whether it is lent`, `number of guests`. */
function plainKind(words: string): FieldKind | undefined {
  if (/^\s*(?:and )?(?:whether|if) /i.test(words)) return 'checkbox'
  return /\bnumber of\b|\bhow many\b/i.test(words) ? 'number' : undefined
}

const kindOf = (name: string): FieldKind => kindsByName.find(([pattern]) => pattern.test(name))?.[1] ?? 'text'

const optionsOf = (name: string) => optionsByName.find(([pattern]) => pattern.test(name))?.[1] ?? []

function cleanName(words: string): string {
  const name = words
    .toLowerCase()
    .replaceAll(/["“”'’`.:;!?]+/g, '')
    .trim()
    .replace(/^(?:whether|if)\s+(?:(?:i|we|it|its|they)(?:\s+(?:have|has|is|was|are|were|already))*\s+)?/, '')
    .replace(
      /^(?:(?:a|an|the|their|its|my|our|your|each|some|optional|another|new|also|and|plus|fields?|columns?|for|called|named|of)\s+)+/,
      '',
    )
    .replace(/\s+(?:fields?|columns?|for each|of each|for every one|per \w+)$/, '')
    .replace(/^(?:\d|five|5)[- ]stars?( rating)?$|^stars?( rating)?$/, 'rating')
    .trim()
  return name
    .replace(/^(?:number of|how many) /, '')
    .replace(/^(drank|read|watched|seen|tried|finished|owned|own|bought|visited) (?:it|them)$/, '$1')
    .replace(/(?:dates|priorities|ratings|categories|genres|prices|authors|titles|names|deadlines|statuses)$/, singular)
    .replace(/\s+/g, ' ')
    .replace(/^e-?mail( address)?$/, 'email')
}

/** Splits at commas, `and`, `&` and `plus`, but not between brackets. */
function splitOutsideBrackets(phrase: string): string[] {
  return phrase
    .split(/(?:,|;|&|\+|\band\b|\bplus\b|\bas well as\b|\balong with\b)(?![^(]*\))/i)
    .filter((piece) => piece.trim())
}

/** The same fields with one first that can name a row: a text field, required. */
export function withTitleFirst(fields: readonly Field[], fallback: string): Field[] {
  const named =
    fields.find(({ key }) => /^(title|name|description)$/.test(key)) ?? fields.find(({ kind }) => kind === 'text')
  const title = named ?? { key: camel(fallback), label: capitalised(fallback) }
  return [{ ...title, kind: 'text', required: true }, ...fields.filter((field) => field.key !== title.key)]
}

/** How the fields are told in a sentence: `title, author and rating`. */
export const fieldNames = (fields: readonly Field[]) => listed(fields.map(({ label }) => label.toLowerCase()))
