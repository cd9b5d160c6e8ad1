import { expect, test } from 'vitest'
import { findDependencySet } from '../dependency-set.ts'
import { repositoryDir } from '../test-builder.ts'
import { openPackageStore } from './package-store.ts'
import { buildVendor, vendorKey } from './vendor-build.ts'

test('no packages in use are a set without files', async () => {
  const store = openPackageStore(findDependencySet(repositoryDir).dir)
  const { set, contents } = await buildVendor(store, 'key', {}, 'development')
  expect(set).toEqual({ key: vendorKey('key', {}, 'development'), entries: {}, files: {} })
  expect(contents.size).toBe(0)
})
