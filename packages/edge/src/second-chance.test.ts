import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createSecondChance } from './second-chance.ts'

test('what was asked for stays longer than what was not', () => {
  const kept = createSecondChance<string, number>(3)
  for (const [index, key] of ['a', 'b', 'c'].entries()) kept.put(key, index, 1)
  expect(kept.get('a')).toBe(0)
  kept.put('d', 3, 1)
  expect([kept.get('a'), kept.get('b'), kept.get('c'), kept.get('d')]).toEqual([0, undefined, 2, 3])
})

test('whatever is put, asked for and deleted, the bound holds and the weight is that of what is kept', () => {
  const step = fc.record({ act: fc.constantFrom('put', 'get', 'delete'), key: fc.nat(9), weight: fc.nat(6) })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const kept = createSecondChance<number, number>(10)
      for (const { act, key, weight } of steps) {
        if (act === 'put') kept.put(key, weight, weight)
        else if (act === 'get') kept.get(key)
        else kept.delete(key)
        expect(kept.weight).toBeLessThanOrEqual(10)
      }
      const values = Array.from({ length: 10 }, (_, key) => kept.get(key) ?? 0)
      expect(values.reduce((sum, value) => sum + value, 0)).toBe(kept.weight)
    }),
  )
})
