import { treeFromEntries } from '@overskill/workspace'
import { inArray } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { blobs } from '../database/schema.ts'
import { withTestDatabase } from '../database/test-database.ts'
import { createContents } from './contents.ts'

const { db } = await withTestDatabase()

const insert = (hash: string, content: Uint8Array) =>
  db.insert(blobs).values({ hash, content, bytes: content.byteLength })
const drop = (...hashes: string[]) => db.delete(blobs).where(inArray(blobs.hash, hashes))

test('a content that was read is there for every app without the database, but for one that is large', async () => {
  const contents = createContents(db)
  const [small, large] = [Buffer.from('small'), Buffer.alloc(300_000, 'x')]
  await insert('small', small)
  await insert('large', large)
  const tree = treeFromEntries([
    ['a.ts', { hash: 'small', bytes: small.byteLength }],
    ['b.ts', { hash: 'large', bytes: large.byteLength }],
  ])
  const read = await contents.readAll(tree)
  expect([...read].map(([path, content]) => [path, content.byteLength])).toEqual([
    ['a.ts', small.byteLength],
    ['b.ts', large.byteLength],
  ])

  await drop('small', 'large')
  expect(Buffer.from(await contents.read('small')).toString()).toBe('small')
  await expect(contents.read('large')).rejects.toThrow('Blob large')
})
