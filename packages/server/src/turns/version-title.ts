import { cutText } from '@overskill/protocol'

/** Longest title of a version, in characters. */
const longest = 72

/** One line about a version: the first sentence of what the model said last, else what was asked. */
export function versionTitle(lastText: string | undefined, asked: string): string {
  const plain = (text: string): string =>
    text
      .replace(/[*_`#>]+/g, '')
      .replace(/\s+/g, ' ')
      .trim()
  const said = plain(lastText ?? '')
  const sentence = /^.{8,}?[.!?](?=\s|$)/.exec(said)?.[0].replace(/[.!?]$/, '') ?? said
  const title = sentence || plain(asked)
  return cutText(title, longest)
}
