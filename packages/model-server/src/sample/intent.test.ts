import { expect, test } from 'vitest'
import { parseBuild, themeIn } from './intent.ts'

const collection = (prompt: string) => {
  const intent = parseBuild(prompt)
  if (intent.kind !== 'collection') throw new Error(`${prompt} is a ${intent.kind}`)
  return intent
}

test.each([
  [
    'A reading list for my book club with title, author and rating, in green',
    'Reading list',
    'books',
    'title author rating',
  ],
  ['todo app with due dates and priorities', 'Todo list', 'tasks', 'title dueDate priority'],
  [
    'Track my houseplants with name, species, last watered and notes',
    'Houseplants',
    'houseplants',
    'name species lastWatered notes',
  ],
  ['movie tracker', 'Movie tracker', 'movies', 'title director year rating watched'],
  [
    'Build me a vinyl record collection with artist, title and year, called "Crate"',
    'Crate',
    'vinyl records',
    'title artist year',
  ],
  [
    'a list of wine bottles with name, region and whether I drank it',
    'Wine bottles',
    'wine bottles',
    'name region drank',
  ],
  ['recipe book', 'Recipe book', 'recipes', 'name cuisine minutes ingredients rating'],
  ['inventory of tools with name, quantity and status (free, lent)', 'Tools', 'tools', 'name quantity status'],
  ['A simple app to manage invoices with client, amount and due date', 'Invoices', 'invoices', 'client amount dueDate'],
  ['keep track of guitar pedals', 'Guitar pedals', 'guitar pedals', 'name category notes'],
  ['trading card collection with name and rarity', 'Trading card collection', 'trading cards', 'name rarity'],
  [
    'A bird watching log with species, place and date',
    'Bird watching log',
    'bird watching entries',
    'species place date',
  ],
  ['shopping list with login', 'Shopping list', 'items', 'name quantity category bought'],
  ['Please make me a simple contacts app with name, email and phone.', 'Contacts', 'contacts', 'name email phone'],
  [
    'I want a board game collection with title, players and minutes',
    'Board game collection',
    'board games',
    'title players minutes',
  ],
  ['guest list for my wedding', 'Guest list', 'guests', 'name email people confirmed'],
  ['Track trading cards with name, website and notes', 'Trading cards', 'trading cards', 'name website notes'],
  ['an app for my bees', 'Bees', 'bees', 'name category notes'],
])('“%s” is the collection “%s” of %s', (prompt, name, many, keys) => {
  const intent = collection(prompt)
  expect(intent.name).toBe(name)
  expect(intent.noun.many).toBe(many)
  expect(intent.fields.map(({ key }) => key).join(' ')).toBe(keys)
})

test('colour, theme and purpose are read beside the fields', () => {
  const intent = collection('A reading list for my book club with title and author, in dark mode and green')
  expect(intent).toMatchObject({ colour: { name: 'green' }, theme: 'dark', purpose: 'my book club', missing: [] })
  expect(intent.fields.map(({ key }) => key)).toEqual(['title', 'author'])
})

test('wishes that these apps cannot fulfil are named, not dropped quietly', () => {
  expect(collection('A plant list with name and photos and a login').missing).toEqual([
    'accounts and sign-in',
    'pictures',
  ])
})

test.each([
  ['A landing page for a bakery called Crumb, in orange', 'Crumb', 'bakery'],
  ['website for my yoga studio', 'Yoga Studio', 'yoga studio'],
  ['coffee shop landing page', 'Coffee Shop', 'coffee shop'],
  ['Landing page', 'Product', 'product'],
  ['a one-pager about our hiking app', 'Hiking App', 'hiking app'],
])('“%s” is the landing page “%s” for a %s', (prompt, name, subject) => {
  expect(parseBuild(prompt)).toMatchObject({ kind: 'landing', name, subject })
})

test('sections that are asked for replace the usual ones', () => {
  expect(parseBuild('landing page for a gym with pricing')).toMatchObject({
    sections: ['features', 'pricing', 'contact'],
  })
})

test.each([['a calculator'], ['A simple dark calculator, in purple'], ['make me a pocket calculator with history']])(
  '“%s” is a calculator',
  (prompt) => {
    expect(parseBuild(prompt).kind).toBe('calculator')
  },
)

test.each([
  ['tip calculator', 'calculator'],
  ['a mortgage calculator', 'calculator'],
  ['scientific calculator', 'calculator'],
  ['a snake game', undefined],
  ['a chat app', undefined],
  ['pomodoro timer', undefined],
  ['a quiz about history', undefined],
  ['make me a blog', undefined],
  ['dashboard for sales', undefined],
  ['an online shop for shoes', undefined],
  ['a kanban board', undefined],
  ['hello', undefined],
  ['what is the weather?', undefined],
  ['', undefined],
  ['🙂', undefined],
  ['a'.repeat(5000), undefined],
])('“%s” is declined', (prompt, closest) => {
  expect(parseBuild(prompt)).toEqual({ kind: 'decline', closest })
})

test.each([
  ['make it dark', 'dark'],
  ['dark mode', 'dark'],
  ['in light mode', 'light'],
  ['dark green', undefined],
  ['add a dark mode toggle', undefined],
  ['a light blue list', undefined],
])('in “%s” the theme is %s', (words, theme) => {
  expect(themeIn(words)).toBe(theme)
})
