import { expect, test } from 'vitest'
import { createAppNameTable } from './app-names.ts'

test("E4: today's slug of one app wins over a former slug of another, and the redirect is back once it is free", () => {
  const names = createAppNameTable()
  names.put({ app: 'first1', slug: 'shelf', formerSlugs: ['books'] })
  expect(names.find('books')).toEqual({ app: 'first1', movedTo: 'shelf' })
  names.put({ app: 'other1', slug: 'books' })
  expect(names.find('books')).toEqual({ app: 'other1' })
  names.put({ app: 'other1', slug: 'library' })
  expect(names.find('books')).toEqual({ app: 'first1', movedTo: 'shelf' })
})

test('names are replaced whole', () => {
  const names = createAppNameTable()
  names.put({ app: 'first1', slug: 'shelf', formerSlugs: ['books'] })
  names.put({ app: 'first1', slug: 'books', formerSlugs: ['shelf'] })
  expect([names.find('books'), names.find('shelf')]).toEqual([{ app: 'first1' }, { app: 'first1', movedTo: 'books' }])
  names.put({ app: 'first1', slug: 'reads' })
  expect([names.find('books'), names.find('shelf'), names.find('reads')]).toEqual([
    undefined,
    undefined,
    { app: 'first1' },
  ])
  names.drop('first1')
  expect([names.has('first1'), names.find('reads')]).toEqual([false, undefined])
})
