import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const source = fileURLToPath(new URL('..', import.meta.url))

/** What writes rows of events, by the query builder or in words. */
const writing = /(?:insert|update|delete)\(events\)|(?:insert into|update|delete from) events\b/

test('E-A4: no file of the server but the event log writes events', async () => {
  const files = await readdir(source, { recursive: true })
  const writers = await Promise.all(
    files
      .filter((file) => file.endsWith('.ts') && !file.includes('.test.') && !/(?:^|\/)test-/.test(file))
      .map(async (file) => (writing.test(await readFile(join(source, file), 'utf8')) ? [file] : [])),
  )
  expect(writers.flat()).toEqual(['events/event-log.ts'])
})
