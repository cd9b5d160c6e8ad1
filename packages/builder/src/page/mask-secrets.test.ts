import { expect, test } from 'vitest'
import { maskSecrets, maskUrl } from './mask-secrets.ts'

const jwt = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U'

test('values of a query that are secret by their name or look so are masked, others are kept', () => {
  const kept = 'https://api.test/rest/v1/books?select=id,title&id=eq.5&page=2&sort=created_at.desc#/list'
  expect(maskUrl(kept)).toBe(kept)
  const uuid = 'https://api.test/books?id=123e4567-e89b-12d3-a456-426614174000'
  expect(maskUrl(uuid)).toBe(uuid)
  for (const name of [
    'apikey',
    'api_key',
    'access_token',
    'key',
    'code',
    'X-Amz-Signature',
    'client_secret',
    'password',
  ])
    expect(maskUrl(`https://api.test/a?x=1&${name}=abc&y=2`)).toBe(`https://api.test/a?x=1&${name}=[masked]&y=2`)
  expect(maskUrl(`https://api.test/a?q=${'a1'.repeat(20)}`)).toBe('https://api.test/a?q=[masked]')
  expect(maskUrl(`https://api.test/a/${jwt}/b`)).toBe('https://api.test/a/[masked]/b')
  expect(maskUrl('https://user:word@api.test/a@b')).toBe('https://[masked]@api.test/a@b')
  expect(maskUrl(`https://app.test/#access_token=abc&type=x`)).toBe('https://app.test/#access_token=[masked]&type=x')
  expect(maskUrl('')).toBe('')
})

test('keys and tokens in a text are masked, ordinary text is not', () => {
  expect(maskSecrets(`{"access_token":"abc","user":{"id":7,"password" : "a \\" b"}}`)).toBe(
    '{"access_token":"[masked]","user":{"id":7,"password" : "[masked]"}}',
  )
  expect(maskSecrets(`Bearer ${jwt}`)).toBe('Bearer [masked]')
  expect(maskSecrets(`token is ${jwt}.`)).toBe('token is [masked].')
  expect(maskSecrets('got sk-ant-api03-abcdefghijklmnopqrstuvwxyz')).toBe('got [masked]')
  expect(maskSecrets('apikey=abcdefghij and more')).toBe('apikey=[masked] and more')
  const plain = 'TypeError: token is not a function; key = index; {code: 404, tokens: [1, 2]} "key": "a" primary-key'
  expect(maskSecrets(plain.replace('"key": "a" ', ''))).toBe(plain.replace('"key": "a" ', ''))
})

test('masking is done in time that grows with the text, and once is enough', () => {
  const hostile = ['eyJ', 'a.', 'key="', '=', '\\', 'Bearer ', ' '].map((part) => part.repeat(20_000)).join('')
  const began = performance.now()
  const once = maskSecrets(hostile)
  expect(performance.now() - began).toBeLessThan(5_000)
  expect(maskSecrets(once)).toBe(once)
})
