import { expect, test } from 'vitest'
import { parseField, parseFields, withTitleFirst } from './fields.ts'

test.each([
  ['title', 'title', 'text'],
  ['a due date', 'dueDate', 'date'],
  ['last watered', 'lastWatered', 'date'],
  ['a 5-star rating', 'rating', 'rating'],
  ['price', 'price', 'money'],
  ['number of pages', 'pages', 'number'],
  ['how many guests', 'guests', 'number'],
  ['page count', 'pageCount', 'number'],
  ['done', 'done', 'checkbox'],
  ['whether I have read it', 'read', 'checkbox'],
  ['if it is lent out', 'lentOut', 'checkbox'],
  ['notes', 'notes', 'longText'],
  ['e-mail address', 'email', 'email'],
  ['phone', 'phone', 'phone'],
  ['website', 'website', 'url'],
  ['genre', 'genre', 'category'],
  ['priorities', 'priority', 'select'],
  ['Größe', 'grosse', 'text'],
])('the words “%s” name the field %s of kind %s', (words, key, kind) => {
  expect(parseField(words)).toMatchObject({ key, kind })
})

test.each([
  ['search'],
  ['a search bar'],
  ['login'],
  ['dark mode'],
  ['a chart'],
  ['photo uploads'],
  ['a contact page'],
  ['a footer with my name'],
  [''],
  ['123'],
  ['…'],
  ['a very long name of a field that nobody would ever give to one'],
])('“%s” is no field', (words) => {
  expect(parseField(words)).toBeUndefined()
})

test('a list is cut at commas and at its last “and”, and a field named twice is there once', () => {
  const keys = parseFields('title, author, title and a rating').map(({ key }) => key)
  expect(keys).toEqual(['title', 'author', 'rating'])
})

test('brackets after a name are its options', () => {
  expect(parseFields('name, status (free, lent or broken) and notes')[1]).toMatchObject({
    key: 'status',
    kind: 'select',
    options: ['Free', 'Lent', 'Broken'],
  })
})

test('a select without options gets usual ones', () => {
  expect(parseField('priority')?.options).toEqual(['Low', 'Medium', 'High'])
})

test('more than twelve fields are cut off', () => {
  expect(parseFields(Array.from({ length: 30 }, (_, at) => `thing ${at}`).join(', '))).toHaveLength(12)
})

test('the first field is text and required, wherever the name stood', () => {
  expect(withTitleFirst(parseFields('rating, title and notes'), 'name').map(({ key }) => key)).toEqual([
    'title',
    'rating',
    'notes',
  ])
  expect(withTitleFirst(parseFields('rating and done'), 'name')[0]).toEqual({
    key: 'name',
    label: 'Name',
    kind: 'text',
    required: true,
  })
})
