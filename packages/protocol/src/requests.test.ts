import { expect, test } from 'vitest'
import { Deploy, limits } from './requests.ts'

test('a version number that no database column holds is refused with its name', () => {
  const read = (version: number) => Deploy.safeParse({ environment: 'preview', version })
  expect(read(limits.number).success).toBe(true)
  expect(read(limits.number + 1).error?.issues[0]?.path).toEqual(['version'])
})
