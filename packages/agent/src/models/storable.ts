import { cutText } from '@overskill/protocol'

/**
 * Words of a provider as every store takes them: halves of characters and NUL, which Postgres refuses, become U+FFFD. Cut to
 * `maxLength` UTF-16 units.
 */
export const storable = (text: string, maxLength: number): string =>
  cutText(text, maxLength).toWellFormed().replaceAll('\0', '\uFFFD')
