import type { Field } from './fields.ts'
import type { Noun } from './nouns.ts'
import { quoted } from './words.ts'

export const sampleRows = 4

const byName: [RegExp, readonly string[]][] = [
  [
    /author|artist|person|owner|contact|assignee|member|who\b|teacher|director|host|name of|by$/,
    ['Amara Okafor', 'Jonas Weber', 'Mei Tanaka', 'Lucía Romero'],
  ],
  [/city|location|place|where|country|origin|region/, ['Lisbon', 'Kyoto', 'Cape Town', 'Oslo']],
  [/room|shelf|stored/, ['Kitchen', 'Study', 'Hallway', 'Kitchen']],
  [/colou?r/, ['Green', 'Blue', 'Red', 'Green']],
  [/brand|company|maker|publisher|shop|store|supplier/, ['Northwind', 'Alder & Co', 'Brightside', 'Northwind']],
  [/genre|category|type|kind|tag|group|department/, ['First group', 'Second group', 'First group', 'Third group']],
]

const ordinals = ['First', 'Second', 'Third', 'Fourth']
const ratings = [5, 3, 4, 5]
const daysAhead = [3, 10, -4, 21]
const daysAgo = [-2, -9, -16, -30]

/** The value of a field in sample row `at`, as code: a literal, or a call of `day`. The first row has everything. */
export function sampleValue(field: Field, at: number, noun: Pick<Noun, 'one' | 'examples' | 'statuses'>): string {
  const example = noun.examples[field.key]?.[at]
  switch (field.kind) {
    case 'number':
      return example ?? numberFor(field.key, at)
    case 'money':
      return ['12.5', '48', '7.9', '120'][at] ?? '10'
    case 'rating':
      return String(ratings[at] ?? 4)
    case 'checkbox':
      return String(at % 2 === 0)
    case 'date':
      return `day(${(isAhead(field.key) ? daysAhead : daysAgo)[at] ?? 0})`
    case 'select': {
      const options = field.options ?? ['']
      return quoted(options[(at + 1) % options.length] ?? '')
    }
    case 'email':
      return quoted(`${['amara', 'jonas', 'mei', 'lucia'][at] ?? 'someone'}@example.com`)
    case 'phone':
      return quoted(`+44 20 7946 0${String(100 + at * 37)}`)
    case 'url':
      return quoted(`https://example.com/${at + 1}`)
    case 'longText':
      return quoted(example ?? ['Made up, to show what a longer note looks like.', '', 'A short note.', ''][at] ?? '')
    default:
      return quoted(example ?? textFor(field, at, noun.one))
  }
}

const isAhead = (key: string) => /due|deadline|next|expir|when|planned|until/i.test(key)

function numberFor(key: string, at: number): string {
  if (/year/i.test(key)) return ['2019', '2021', '1998', '2024'][at] ?? '2020'
  if (/minutes|duration|mins|length/i.test(key)) return ['30', '45', '20', '90'][at] ?? '30'
  return ['3', '12', '1', '7'][at] ?? '1'
}

function textFor(field: Field, at: number, one: string): string {
  const known = byName.find(([pattern]) => pattern.test(field.label.toLowerCase()))?.[1]
  if (known && !field.required) return known[at] ?? ''
  if (field.required) return `${ordinals[at] ?? at + 1} ${one}`
  return at % 2 === 0 ? 'Sample text' : 'Another sample'
}
