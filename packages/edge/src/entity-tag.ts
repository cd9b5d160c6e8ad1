const tags = /(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"/g

const opaque = (tag: string) => (tag.startsWith('W/') ? tag.slice(2) : tag)

/** Whether an `If-None-Match` holds this strong tag: weak comparison, lists and `*` (RFC 9110 13.1.2). */
export const matchesWeakly = (header: string, tag: string): boolean =>
  header.trim() === '*' || (header.match(tags) ?? []).some((listed) => opaque(listed) === tag)

/** Whether an `If-Match` holds this strong tag: strong comparison, lists and `*` (RFC 9110 13.1.1). */
export const matchesStrongly = (header: string, tag: string): boolean =>
  header.trim() === '*' || (header.match(tags) ?? []).some((listed) => listed === tag)
