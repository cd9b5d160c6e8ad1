import { expect, test } from 'vitest'
import { blobRef, createBlobCache } from './blob-cache.ts'

function countingStore(bytes: number) {
  const reads: string[] = []
  return {
    reads,
    read: async (hash: string) => {
      reads.push(hash)
      return Buffer.alloc(bytes)
    },
  }
}

test('blobs that nobody asked for again go first, and the bound holds', async () => {
  const store = countingStore(100)
  const cache = createBlobCache(store, { blobBytes: 100, totalBytes: 250 })
  await cache.load(blobRef('a', 'identity'))
  await cache.load(blobRef('b', 'identity'))
  expect(cache.get(blobRef('a', 'identity'))).toBeDefined()
  await cache.load(blobRef('c', 'identity'))
  expect(cache.bytes).toBe(200)
  expect(cache.get(blobRef('b', 'identity'))).toBeUndefined()
  expect(cache.get(blobRef('a', 'identity'))).toBeDefined()
  expect(cache.get(blobRef('a', 'br'))).toBeUndefined()
})

test('requests that miss together read once', async () => {
  const store = countingStore(10)
  const cache = createBlobCache(store, { blobBytes: 100, totalBytes: 250 })
  const blobs = await Promise.all(Array.from({ length: 20 }, () => cache.load(blobRef('a', 'br'))))
  expect(new Set(blobs).size).toBe(1)
  expect([store.reads.length, cache.bytes]).toEqual([1, 10])
})

test('a failed read is not remembered', async () => {
  let fails = true
  const cache = createBlobCache(
    { read: async () => (fails ? Promise.reject(new Error('disk')) : Buffer.from('x')) },
    { blobBytes: 100, totalBytes: 250 },
  )
  await expect(cache.load(blobRef('a', 'identity'))).rejects.toThrow('disk')
  fails = false
  expect((await cache.load(blobRef('a', 'identity'))).toString()).toBe('x')
})
