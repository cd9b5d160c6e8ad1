/** Header lines as Node writes them without looking at each: name, value, name, value… */
export type HeaderLines = readonly string[]

export const headerLines = (headers: Readonly<Record<string, string>>): HeaderLines => Object.entries(headers).flat()
