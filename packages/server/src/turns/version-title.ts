import { cutText } from '@overskill/protocol'

/** Longest title of a version, in characters. */
const longest = 72
/** What is looked at for it, in characters: a reply may be long, and its first sentence is at its beginning. */
const read = 2_000

/** One line about a version: the first sentence of what the model said last, else what was asked. */
export function versionTitle(lastText: string | undefined, asked: string): string {
  const plain = (text: string): string =>
    text
      .slice(0, read)
      .toWellFormed()
      .replace(/[*_`#>]+/g, '')
      .replace(/\s+/g, ' ')
      .trim()
  const said = plain(lastText ?? '')
  const sentence = /^.{8,}?[.!?](?=\s|$)/.exec(said)?.[0].replace(/[.!?]$/, '') ?? said
  const title = sentence || plain(asked)
  return cutText(title, longest)
}
