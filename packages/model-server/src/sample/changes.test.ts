import { expect, test } from 'vitest'
import { parseBuild } from './intent.ts'
import { asksForNewApp, parseChanges, type Change } from './changes.ts'

const short = (change: Change) => {
  if (change.change === 'rename') return `name ${change.name}`
  if (change.change === 'colour') return `colour ${change.colour.name}`
  if (change.change === 'theme') return `theme ${change.theme}`
  return `fields ${change.fields.map(({ key, kind }) => `${key}:${kind}`).join(',')}`
}

test.each([
  ['call it Shelf', ['name Shelf']],
  ['call it The Shelf', ['name The Shelf']],
  ['Name this app Plant list', ['name Plant list']],
  ['Rename it to "My Books" and make it purple', ['name My Books', 'colour purple']],
  ['change the title to Book Nook', ['name Book Nook']],
  ['Please call the app “Plattenkiste”.', ['name Plattenkiste']],
  ['make it blue', ['colour blue']],
  ['make it dark green', ['colour dark green']],
  ['in rose', ['colour rose']],
  ['change from green to red', ['colour red']],
  ['can you use a warm orange?', ['colour orange']],
  ['make it dark', ['theme dark']],
  ['Dark mode please', ['theme dark']],
  ['make it light and blue', ['colour blue', 'theme light']],
  ['add a due date', ['fields dueDate:date']],
  ['add notes and a page count', ['fields notes:longText,pageCount:number']],
  ['I want a genre field', ['fields genre:category']],
  ['Add a rating to every plant', ['fields rating:rating']],
  ['Add a status (to read, reading, done) and make it light', ['theme light', 'fields status:select']],
  ['Each plant should also have a location', ['fields location:text']],
])('“%s” asks for %j', (prompt, changes) => {
  expect(parseChanges(prompt).map(short)).toEqual(changes)
})

test.each([
  ['add a login'],
  ['add a chart'],
  ['add search'],
  ['add a footer with my name'],
  ['I do not like green'],
  ['undo'],
  ['what does this do?'],
  ['delete the author field'],
  ['make the buttons bigger'],
  ['translate it to German'],
  ['each book should have a cover'],
])('“%s” asks for no change that the sample model can make', (prompt) => {
  expect(parseChanges(prompt)).toEqual([])
})

test('a second prompt that begins like a first one asks for a new app, a change does not', () => {
  expect(asksForNewApp('Build a calculator in blue')).toBe(true)
  expect(asksForNewApp('A plant list with name and species, in green')).toBe(true)
  expect(asksForNewApp('I want a due date')).toBe(false)
  expect(asksForNewApp('make it blue')).toBe(false)
  expect(asksForNewApp('call it Movie tracker')).toBe(false)
})

test.each([
  'a ',
  'a list of ',
  'with ',
  'add a ',
  'call it ',
  'in green ',
  'an app ',
  '"',
  '(',
  'a, ',
  'x with y and ',
  ' ',
  'calculator ',
])('a prompt of nothing but “%s” is read in less than 200 ms', (piece) => {
  const prompt = piece.repeat(20_000)
  const before = performance.now()
  parseChanges(prompt)
  asksForNewApp(prompt)
  parseBuild(prompt)
  expect(performance.now() - before).toBeLessThan(200)
})
