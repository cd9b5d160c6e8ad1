import type { BuildIntent } from './intent.ts'
import { missingSentence } from './intent.ts'
import type { Change } from './changes.ts'
import { fieldNames, type Field } from './fields.ts'
import { listed, withArticle } from './words.ts'

/** The sentences of the sample model. Plain, short, exact; it never says that it understood more than it did. */

const whoIAm =
  'This is the sample model: it matches keywords to a few hand-written apps; connect a key for anything else.'

export const whatIBuild = `It can build:
- a collection of anything, for example “A reading list for my book club with title, author and rating, in green”
- a landing page, for example “A landing page for a bakery called Crumb, in orange”
- a calculator, for example “A dark calculator in purple”`

export const whatIChange = `In an app it can:
- rename: “Call it Shelf”
- change the colour: “Make it blue”
- go dark or light: “Make it dark”
- add fields to a collection: “Add a due date”`

export type Build = Exclude<BuildIntent, { kind: 'decline' }>

/** What was read out of the prompt, in words. */
export function reading(intent: Build): string {
  const look = [intent.colour && `in ${intent.colour.name}`, intent.theme && `with a ${intent.theme} theme`].filter(
    Boolean,
  )
  const what = thing(intent)
  return [what, ...look].join(', ')
}

function thing(intent: Build): string {
  switch (intent.kind) {
    case 'collection':
      return `a collection of ${intent.noun.many} with ${fieldNames(intent.fields)}`
    case 'landing':
      return `a landing page for ${withArticle(intent.subject)}`
    case 'calculator':
      return 'a calculator'
  }
}

export const opening = (intent: Build) =>
  `${whoIAm}\n\nI read your request as ${reading(intent)}. The app is called “${intent.name}”.`

export const writing = (files: number) => `Now the ${files} files.`

export const done = (intent: Build) =>
  [
    `Built “${intent.name}”${intent.kind === 'calculator' ? '' : `, ${thing(intent)}`}. ${whatItDoes(intent)}`,
    missingSentence(intent.missing),
    nextStep(intent),
  ]
    .filter(Boolean)
    .join(' ')

function whatItDoes(intent: Build): string {
  switch (intent.kind) {
    case 'collection':
      return `You can add, edit, delete, search, sort and filter ${intent.noun.many}; they are kept in the browser, and four rows are sample data that one click removes.`
    case 'landing':
      return 'All texts and prices are placeholders in `src/data/site.ts`; the contact form keeps messages in the browser and sends nothing.'
    case 'calculator':
      return 'It takes the keyboard, and its history is kept in the browser.'
  }
}

/** Follow-ups that would change something in this very app. */
function nextStep(intent: Build): string {
  const field =
    intent.kind === 'collection' && ['due date', 'notes', 'rating'].find((one) => !hasField(intent.fields, one))
  const colour = intent.colour?.name === 'blue' ? 'orange' : 'blue'
  const look = intent.theme === 'dark' ? 'light' : 'dark'
  const examples = [
    field && `add ${field === 'notes' ? field : withArticle(field)}`,
    `make it ${colour}`,
    `make it ${look}`,
    'call it Shelf',
  ]
  return `Next you could say ${listed(
    examples
      .filter((one) => typeof one === 'string')
      .slice(0, 3)
      .map((one) => `“${one}”`),
    'or',
  )}.`
}

const hasField = (fields: readonly Field[], label: string) =>
  fields.some((field) => field.label.toLowerCase() === label)

export const planned = (intent: Build, paths: readonly string[]) =>
  `${whoIAm}\n\nIn build mode I would make ${reading(intent)}, called “${intent.name}”. It would be ${paths.length} files over the starter:\n${paths
    .map((path) => `- \`${path}\``)
    .join('\n')}\n\nNothing has been changed. Switch to build mode and send the request again to have it built.`

export const declined = (closest: 'collection' | 'calculator' | undefined, hasApp: boolean) =>
  [
    `${whoIAm} It has nothing that fits this request, so nothing was changed.`,
    closest === 'calculator'
      ? 'The closest is its plain calculator: the four operations, percent, brackets and a history.'
      : '',
    hasApp ? whatIChange : '',
    whatIBuild,
  ]
    .filter(Boolean)
    .join('\n\n')

export const looking = 'First a look at the files as they are now.'

const quotedLabels = (fields: readonly Field[]) => listed(fields.map(({ label }) => `“${label}”`))

export const fieldsAdded = (fields: readonly Field[]) =>
  `Added ${quotedLabels(fields)} to the form, the list, search and sort. Rows that you have entered have nothing in it yet.`

export const fieldsThere = (fields: readonly Field[]) =>
  `${quotedLabels(fields)} ${fields.length === 1 ? 'was' : 'were'} there already.`

export const noFields =
  'Fields can only be added to a collection that the sample model wrote; this app has no `src/data/fields.ts`, so nothing was changed.'

export const undo =
  'This is the sample model, and it takes nothing back itself. Every version is kept: choose one in History and restore it.'

export const plannedChanges = (changes: readonly Change[]) =>
  `${whoIAm}\n\nIn build mode I would ${listed(changes.map(plannedChange))}. Nothing has been changed.`

function plannedChange(change: Change): string {
  switch (change.change) {
    case 'rename':
      return `rename the app to “${change.name}”, in \`src/data/app.ts\` and \`index.html\``
    case 'colour':
      return `change the colour to ${change.colour.name}, in the tokens of \`src/index.css\``
    case 'theme':
      return `let the app start ${change.theme}, in \`src/main.tsx\``
    case 'fields':
      return `add ${quotedLabels(change.fields)}, in \`src/data/fields.ts\` and the sample rows`
  }
}
