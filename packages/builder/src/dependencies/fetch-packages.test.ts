import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync, gunzipSync } from 'node:zlib'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { fetchPackages } from './fetch-packages.ts'
import { openPackageFiles } from './package-files.ts'
import { type ByteRoom, createByteRoom, type UnpackLimits } from './read-archive-room.ts'
import { openRegistry } from './registry.ts'
import { packed, startTestRegistry } from './test-registry.ts'

const MB = 1024 * 1024

const served = await startTestRegistry()
const dir = await mkdtemp(join(tmpdir(), 'fetched-'))
const registry = openRegistry(served.config)
beforeEach(async () => {
  served.reset()
  await rm(dir, { recursive: true, force: true })
})
afterAll(async () => {
  registry.close()
  await served[Symbol.asyncDispose]()
})

/** An archive that is small and unpacks to a little more than so many bytes. */
const archiveOf = (bytes: number, name = 'zeros'): Buffer =>
  packed([
    { name: 'package/package.json', content: '{}' },
    { name: `package/${name}`, content: Buffer.alloc(bytes) },
  ])

/** The same in two members: what it says of itself, at its end, is the size of the second. */
function twoMembers(archive: Buffer): Buffer {
  const tar = gunzipSync(archive)
  return Buffer.concat([gzipSync(tar.subarray(0, -512)), gzipSync(tar.subarray(-512))])
}

/** Publishes these archives and fetches them all, with room for 4 MB at one time. */
async function fetchAll(archives: readonly Buffer[], limits: Partial<UnpackLimits> = {}, mostBytes = 1024 * MB) {
  const placements = archives.map((archive, index) => {
    const integrity = `sha512-${createHash('sha512').update(archive).digest('base64')}`
    served.publish(`made-${index}@1.0.0`, { archive, integrity })
    return { place: `made-${index}`, name: `made-${index}`, version: '1.0.0', integrity, peers: {} }
  })
  const room = watched(createByteRoom(4 * MB))
  const outcome = await fetchPackages(placements, {
    ...{ registry, own: openPackageFiles(dir), trusted: [], asked: new Map(), mayBeNew: () => true, mostBytes },
    ...{ signal: AbortSignal.timeout(30_000), onFetched: () => {} },
    unpackLimits: { allBytes: 64 * MB, archive: { bytes: 4 * MB, files: 10 }, room, ...limits },
  })
  return { outcome, room }
}

/** A room that notes what was taken of it at one time, at most, and how often. */
function watched(room: ByteRoom) {
  let now = 0
  const seen = {
    mostBytes: 0,
    taken: 0,
    async take(bytes: number): Promise<() => void> {
      const leave = await room.take(bytes)
      now += Math.min(bytes, 4 * MB)
      seen.taken += 1
      seen.mostBytes = Math.max(seen.mostBytes, now)
      return () => {
        now -= Math.min(bytes, 4 * MB)
        leave()
      }
    },
  }
  return seen
}

test('packages that are small and unpack to much are unpacked side by side only as far as there is room', async () => {
  const archives = Array.from({ length: 16 }, (_, index) => archiveOf(1.5 * MB, `zeros-${index}`))
  const { outcome, room } = await fetchAll(archives)
  expect(outcome).toMatchObject({ ok: true })
  expect(room.taken).toBe(16)
  expect(room.mostBytes).toBeLessThanOrEqual(4 * MB)
  expect(room.mostBytes).toBeGreaterThan(2 * MB)
})

test('packages that unpack to more than an install may, all together, are refused in words though each is small enough', async () => {
  const archives = Array.from({ length: 5 }, (_, index) => archiveOf(2 * MB, `zeros-${index}`))
  const { outcome } = await fetchAll(archives, { allBytes: 8 * MB })
  const detail = 'These packages unpack to more than 8 MB in all.'
  expect(outcome).toEqual({ ok: false, failure: { code: 'too_large', detail } })
  expect((await fetchAll(archives.slice(0, 3), { allBytes: 8 * MB })).outcome).toMatchObject({ ok: true })
})

test('an install that was refused for its size is refused again, though part of it is in the store by then', async () => {
  const archives = Array.from({ length: 4 }, (_, index) => archiveOf(2 * MB, `zeros-${index}`))
  for (let attempt = 0; attempt < 4; attempt += 1) {
    const { outcome } = await fetchAll(archives, { allBytes: 7 * MB })
    expect(outcome, `attempt ${attempt}`).toMatchObject({ failure: { code: 'too_large' } })
    served.reset()
  }
})

test('an archive of several members is unpacked alone, and counts as large as it is', async () => {
  const archives = [twoMembers(archiveOf(3 * MB, 'one')), archiveOf(1 * MB), twoMembers(archiveOf(3 * MB, 'two'))]
  const { outcome, room } = await fetchAll(archives, { allBytes: 16 * MB })
  expect(outcome).toMatchObject({ ok: true })
  expect(room.mostBytes).toBe(4 * MB)
  await rm(dir, { recursive: true })
  expect((await fetchAll(archives, { allBytes: 6 * MB })).outcome).toMatchObject({ failure: { code: 'too_large' } })
})

test('an archive that unpacks to more than one may is refused by name, whatever it says of itself', async () => {
  for (const archive of [archiveOf(5 * MB), twoMembers(archiveOf(5 * MB))]) {
    const detail = 'The archive of made-0 1.0.0 is not taken: it unpacks to more than 4 MB.'
    expect((await fetchAll([archive])).outcome).toEqual({ ok: false, failure: { code: 'build_failed', detail } })
    served.reset()
  }
  expect(existsSync(join(dir, 'files'))).toBe(false)
})

test('an install that has fetched more than it may fetches nothing more', async () => {
  const archives = Array.from({ length: 40 }, (_, index) => archiveOf(1 * MB, `zeros-${index}`))
  const { outcome } = await fetchAll(archives, {}, 1)
  expect(outcome).toMatchObject({ failure: { code: 'too_large' } })
  expect(existsSync(join(dir, 'files'))).toBe(false)
  expect(served.asked.length).toBeLessThanOrEqual(16)
})
