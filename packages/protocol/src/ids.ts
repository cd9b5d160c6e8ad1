import { z } from 'zod'

/** An app's public id: 6 characters `[a-z0-9]`. */
export const AppId = z.string().regex(/^[a-z0-9]{6}$/, 'An app id is 6 characters of a-z and 0-9')

/** Every other id: a short prefix that says what it is, and 20 random characters: `turn_4k…`. */
export const Id = z.string().regex(/^[a-z]{2,10}_[a-z0-9]{8,40}$/, 'Not an id of ours')

const alphabet = 'abcdefghijklmnopqrstuvwxyz0123456789'

const random = (length: number): string => {
  // 252 = 7 × 36: bytes above it would favour the first letters.
  let text = ''
  while (text.length < length) {
    for (const byte of crypto.getRandomValues(new Uint8Array(length * 2))) {
      if (byte < 252 && text.length < length) text += alphabet[byte % 36]
    }
  }
  return text
}

/** A new public app id, from the platform's random source. */
export const newAppId = (): string => random(6)

/** A new id of a kind: `newId('turn')` → `turn_` and 20 characters (103 random bits). */
export const newId = (kind: 'turn' | 'msg' | 'call' | 'dep' | 'build' | 'req' | 'upload'): string =>
  `${kind}_${random(20)}`
