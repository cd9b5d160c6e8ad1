import { expect, test } from 'vitest'
import { z } from 'zod'
import { testTools } from './agent-test-kit.ts'
import { declareTools, toolProblems } from './tool-declarations.ts'
import { defineTool, done } from './tool.ts'

test('declarations are sorted and the same bytes in any order of the tools', () => {
  expect(JSON.stringify(declareTools(testTools().toReversed()))).toBe(JSON.stringify(declareTools(testTools())))
})

test('L7: a definition that the model could not use is named by what is wrong with it', () => {
  expect(testTools().flatMap(toolProblems)).toEqual([])
  const poor = defineTool({
    name: 'Poor',
    description: 'One sentence only.',
    input: z.object({ what: z.string() }),
    effect: 'external',
    changes: true,
    limitMs: 200_000,
    keys: () => [],
    run: async () => done(''),
  })
  expect(toolProblems(poor)).toHaveLength(4)
})
