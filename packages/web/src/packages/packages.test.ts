import { expect, test } from 'vitest'
import { ApiProblem } from '../api/problem.ts'
import { installText } from './install-words.ts'
import { dependenciesOf } from './package-json.ts'
import { isTooNew } from './use-change-packages.ts'

test('an install is told by its phase, what it is for, and what was fetched', () => {
  const fetching = { phase: 'fetching' as const, packages: 3, bytes: 1_200_000 }
  const names = ['framer-motion']
  expect(installText({ names, progress: fetching, problem: undefined })).toBe(
    'Fetching framer-motion · 3 packages, 1.2 MB',
  )
  const resolving = { phase: 'resolving' as const, packages: 0, bytes: 0 }
  expect(installText({ names: ['a', 'b', 'c', 'd'], progress: resolving, problem: undefined })).toBe(
    'Looking up a, b and 2 more',
  )
  expect(installText({ names, progress: undefined, problem: 'no' })).toBeUndefined()
  expect(installText(undefined)).toBeUndefined()
})

test('the packages of a package.json are listed, and one that cannot be read has none to list', () => {
  const text = '{"dependencies":{"zod":"^4.0.0","react":"19.3.1"},"devDependencies":{"vite":"8.3.8"}}'
  expect(dependenciesOf(text)).toEqual([
    { name: 'react', range: '19.3.1', development: false },
    { name: 'zod', range: '^4.0.0', development: false },
    { name: 'vite', range: '8.3.8', development: true },
  ])
  expect(dependenciesOf('{}')).toEqual([])
  expect(dependenciesOf('{"dependencies":')).toBeUndefined()
  expect(dependenciesOf('{"dependencies":["react"]}')).toBeUndefined()
})

test('only a refusal that a person may overrule can be overruled', () => {
  const refusal = (errors: { path: string; message: string }[]) =>
    new ApiProblem({ code: 'invalid', title: 'Invalid input', detail: 'No.', errors })
  expect(isTooNew(refusal([{ path: 'allowNew', message: 'Published 3 hours ago.' }]))).toBe(true)
  expect(isTooNew(refusal([{ path: 'add.0', message: 'There is no such package.' }]))).toBe(false)
  expect(isTooNew(undefined)).toBe(false)
})
