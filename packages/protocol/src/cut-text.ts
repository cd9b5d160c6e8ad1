/** The beginning of a text, at most `length` UTF-16 units with the `…` that says it was cut. Never ends in half a character. */
export const cutText = (text: string, length: number): string =>
  text.length > length
    ? `${text
        .slice(0, length - 1)
        .replace(/[\uD800-\uDBFF]$/, '')
        .trimEnd()}…`
    : text
