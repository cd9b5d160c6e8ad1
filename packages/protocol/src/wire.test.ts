import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { AppEvent, Snapshot } from './events.ts'

/**
 * What browsers of an older page still speak. If this fails, the wire changed: see that old events in data directories still
 * fold (fixtures/data-dir-1), say so in CHANGELOG.md, then put the new hash here.
 */
const pinned = '0c8068362cf532f5'

test('the wire is the one that is written down', () => {
  const schemas = [AppEvent, Snapshot].map((schema) => z.toJSONSchema(schema))
  expect(createHash('sha256').update(JSON.stringify(schemas)).digest('hex').slice(0, 16)).toBe(pinned)
})
