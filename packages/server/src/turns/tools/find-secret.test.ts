import { expect, test } from 'vitest'
import { findSecret } from './find-secret.ts'

const body = 'aB3dE5fG7hJ9kL1mN2pQ4rS6tU8vW0xYzA1bC2dE'
const jwt = (payload: object): string =>
  ['{"alg":"HS256","typ":"JWT"}', JSON.stringify(payload), `${body}${body}`]
    .map((part) => Buffer.from(part).toString('base64url'))
    .join('.')

test.each([
  [`sk-ant-${'api03'}-${body}`, 'Anthropic'],
  [`sk-${'proj'}-${body}`, 'OpenAI'],
  [`sk-${body}aaBB12`, 'OpenAI'],
  [`AKI${'A'}Q3EGUWXJ5ZR7KD2M`, 'AWS'],
  [`gh${'p'}_${body}`, 'GitHub'],
  [`sk_${'live'}_${body}`, 'Stripe'],
  [`sb_${'secret'}_${body}`, 'Supabase'],
  [`-----BEGIN RSA ${'PRIVATE'} KEY-----\n${body}\n`, 'private key'],
  [jwt({ iss: 'supabase', role: 'service_role' }), 'service_role'],
])('%s is found', (key, kind) => {
  const found = findSecret(`const a = 1\nconst key = '${key}'\n`)
  expect(found).toMatchObject({ line: 2, kind: expect.stringContaining(kind) })
  expect(JSON.stringify(found)).not.toContain(body)
})

test.each([
  jwt({ iss: 'supabase', role: 'anon' }),
  `pk_${'live'}_${body}`,
  'sk-loading-indicator-with-a-very-long-class-name',
  'AKIAIOSFODNN7EXAMPLE',
  `sk-ant-api03-${'x'.repeat(40)}`,
  'sk-ant-your-key-goes-here-please-replace',
  '-----BEGIN PRIVATE KEY-----',
  'ghp_short',
])('%s is no secret', (text) => {
  expect(findSecret(`const key = '${text}'`)).toBeUndefined()
})

test('a key that the file had before is not held against an edit', () => {
  const text = `const key = 'sk-ant-${'api03'}-${body}'\n`
  expect(findSecret(`${text}const b = 2\n`, text)).toBeUndefined()
})

test('a megabyte of beginnings takes no time', () => {
  const began = process.cpuUsage() // of this process: other work on the machine does not count
  for (const start of ['eyJ-', 'eyJaaaaaaaaaa.eyJ-', 'sk-ant-', 'sk-', 'xoxb-', '-----BEGIN ', 'SG.']) {
    findSecret(start.repeat(Math.ceil(1_000_000 / start.length)))
  }
  expect(process.cpuUsage(began).user / 1_000).toBeLessThan(2_000)
})
