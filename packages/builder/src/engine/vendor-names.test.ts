import { expect, test } from 'vitest'
import { createPlaceholders, readUsedNames } from './vendor-names.ts'

test('names of packages are read off every form of import and export', () => {
  const placeholders = createPlaceholders()
  const url = (specifier: string): string => JSON.stringify(placeholders.urlOf(specifier))
  const used = readUsedNames(
    [
      `import a,{b as c,"d-e"as f}from${url('one')};import*as g from${url('two')};import${url('three')};`,
      `export{h as i}from${url('one')};export*from${url('four')};const j=()=>import(${url('five')});import"./own.js"`,
      `import{z}from"https://elsewhere/x.js"`,
    ],
    placeholders,
  )
  expect(used).toEqual({ five: ['*'], four: ['*'], one: ['b', 'd-e', 'default', 'h'], three: [], two: ['*'] })
})

test('a placeholder is as long as the address that takes its place', () => {
  const url = createPlaceholders().urlOf('react')
  expect(url).toHaveLength('/_v/0123456789abcdef0123.js'.length)
  expect(createPlaceholders().urlOf('react')).toBe(url)
})
