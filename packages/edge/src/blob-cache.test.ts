import { expect, test } from 'vitest'
import { createBlobCache } from './blob-cache.ts'

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

test('the blobs that were not asked for longest go first, and the bound holds', async () => {
  const store = countingStore(100)
  const cache = createBlobCache(store, { blobBytes: 100, totalBytes: 250 })
  await cache.load('a', 'identity')
  await cache.load('b', 'identity')
  expect(cache.get('a', 'identity')).toBeDefined()
  await cache.load('c', 'identity')
  expect(cache.bytes).toBe(200)
  expect(cache.get('b', 'identity')).toBeUndefined()
  expect(cache.get('a', 'identity')).toBeDefined()
  expect(cache.get('a', 'br')).toBeUndefined()
})

test('requests that miss together read once', async () => {
  const store = countingStore(10)
  const cache = createBlobCache(store, { blobBytes: 100, totalBytes: 250 })
  const blobs = await Promise.all(Array.from({ length: 20 }, () => cache.load('a', 'br')))
  expect(new Set(blobs).size).toBe(1)
  expect([store.reads.length, cache.bytes]).toEqual([1, 10])
})

test('a failed read is not remembered', async () => {
  let fails = true
  const cache = createBlobCache(
    { read: async () => (fails ? Promise.reject(new Error('disk')) : Buffer.from('x')) },
    { blobBytes: 100, totalBytes: 250 },
  )
  await expect(cache.load('a', 'identity')).rejects.toThrow('disk')
  fails = false
  expect((await cache.load('a', 'identity')).toString()).toBe('x')
})
