import type { Deployment } from '@overskill/protocol'
import { expect, test } from 'vitest'
import { lastGreen } from './last-green.ts'

const deployment = (version: number, fields: Partial<Deployment> = {}): Deployment => ({
  id: `dep_${version}`,
  environment: 'preview',
  version,
  artifact: `sha256:${version}`,
  url: 'http://preview-abc123.localhost:4000/',
  status: 'superseded',
  stages: [],
  createdAt: '2026-11-01T00:00:00Z',
  ...fields,
})
const { artifact: _none, ...unbuilt } = deployment(3, { status: 'failed' })

test('the last green version is the newest one before this that was built', () => {
  const all = [deployment(1), deployment(2), unbuilt, deployment(4, { environment: 'production' })]
  expect(lastGreen(all, 5)).toBe(2)
  expect(lastGreen(all, 2)).toBe(1)
})

test('before anything was built there is nothing to go back to', () => {
  expect(lastGreen([unbuilt], 3)).toBeUndefined()
  expect(lastGreen([deployment(1)], undefined)).toBeUndefined()
})
