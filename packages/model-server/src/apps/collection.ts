import type { Field } from '../sample/fields.ts'
import type { BuildIntent } from '../sample/intent.ts'
import type { Noun } from '../sample/nouns.ts'
import { sampleRows, sampleValue } from '../sample/sample-rows.ts'
import { camel, capitalised, kebab, pascal, quoted, withArticle } from '../sample/words.ts'
import { renderTemplates, type AppFile } from './templates.ts'

type CollectionIntent = Extract<BuildIntent, { kind: 'collection' }>

/** Names that the templates or the language use for something else. */
const takenNames =
  /^(Alert|App|Array|Badge|Button|Card|Check|Checkbox|Command|Component|Date|Dialog|Document|Element|Error|Event|Field|FieldKind|FieldValue|File|Figure|Filter|Form|Function|Image|Input|Item|Label|Link|Map|Minus|Number|Object|Option|Plus|Popover|Promise|Progress|Record|Request|Response|Search|Select|Set|Sheet|Sort|Star|Stars|String|Switch|Symbol|Tab|Table|Tabs|Text|Toggle|Tooltip|Values|View|Window)$/

/** All files of a collection app over the starter, data first. */
export function collectionFiles(intent: CollectionIntent): AppFile[] {
  const names = namesOf(intent.noun)
  const templates = renderTemplates('collection', names, (path) =>
    path.replace('/item-', `/${names.itemFile}-`).replace('use-items', `use-${names.itemsFile}`),
  )
  return [
    { path: 'src/data/app.ts', content: appData(intent, names.itemsFile) },
    { path: 'src/data/fields.ts', content: fieldsData(intent, names) },
    { path: `src/data/sample-${names.itemsFile}.ts`, content: sampleData(intent, names) },
    ...templates,
  ]
}

type Names = ReturnType<typeof namesOf>

function namesOf({ one, many }: Noun) {
  const safe = (words: string, fallback: string) => (/^[A-Za-z]/.test(pascal(words)) ? pascal(words) : fallback)
  const plain = safe(one, 'Entry')
  const item = takenNames.test(plain) ? `${plain}Item` : plain
  const items = takenNames.test(plain) ? `${plain}Items` : safe(many, 'Entries')
  return {
    Item: item,
    Items: items,
    item: camel(item),
    itemFile: kebab(one) || 'entry',
    itemsFile: kebab(many) || 'entries',
    itemLabel: one,
    itemsLabel: many,
    aItemLabel: withArticle(one),
    ItemLabel: capitalised(one),
    ItemsLabel: capitalised(many),
  }
}

function appData({ name, noun, purpose }: CollectionIntent, storageKey: string): string {
  const tagline = purpose === undefined ? `All ${noun.many} in one place.` : `${capitalised(noun.many)} for ${purpose}.`
  return `/** What the app is called, and where the browser keeps its ${noun.many}. A new name changes nothing that is stored. */
export const app = {
  name: ${quoted(name)},
  tagline: ${quoted(tagline)},
  storageKey: ${quoted(storageKey)},
}
`
}

/** One field as a line of the list in `src/data/fields.ts`. */
export function fieldLine({ key, label, kind, required, options }: Field): string {
  const parts = [`key: ${quoted(key)}`, `label: ${quoted(label)}`, `kind: ${quoted(kind)}`]
  if (required) parts.push('required: true')
  if (options) parts.push(`options: [${options.map(quoted).join(', ')}]`)
  return `  { ${parts.join(', ')} },`
}

function fieldsData({ fields, noun }: CollectionIntent, { Item, itemsFile }: Names): string {
  return `import type { ${Item} } from '@/data/sample-${itemsFile}'
import { type Field, valueOf, wordsFor } from '@/lib/field'

/** What is kept about ${withArticle(noun.one)}. The form, the list, search, sort and filters follow these; the first is its name. */
export const fields: Field[] = [
${fields.map(fieldLine).join('\n')}
]

/** What ${withArticle(noun.one)} is called. */
export const titleOf = ({ values }: ${Item}) => wordsFor(fields[0], valueOf(values, fields[0])) || 'Untitled'
`
}

function sampleData({ fields, noun }: CollectionIntent, { Item, Items }: Names): string {
  const rows = Array.from({ length: sampleRows }, (_, at) => {
    const values = fields.map((field) => `    ${field.key}: ${sampleValue(field, at, noun)},`)
    return `  sample(${at + 1}, {\n${values.join('\n')}\n  }),`
  })
  return `import type { Values } from '@/lib/field'

/** One of the ${noun.many}. A sample stays one until it is saved in the form. */
export type ${Item} = { id: string; addedAt: number; values: Values; isSample?: boolean }

/** Made-up ${noun.many} for the first look; the page says so and can remove them. */
export const sample${Items}: ${Item}[] = [
${rows.join('\n')}
]

function sample(order: number, values: Values): ${Item} {
  return { id: \`sample-\${order}\`, addedAt: -order, values, isSample: true }
}

/** The date that many days from today, as yyyy-mm-dd. */
function day(fromToday: number): string {
  const date = new Date()
  date.setDate(date.getDate() + fromToday)
  return date.toLocaleDateString('sv-SE')
}
`
}
