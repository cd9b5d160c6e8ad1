/** Second-level names below which countries register, as in `co.uk`. Those that are missing make us too strict, never too lax. */
const registries = new Set(['ac', 'co', 'com', 'edu', 'go', 'gov', 'govt', 'gob', 'mil', 'ne', 'net', 'or', 'org'])

/** The part of a host name that somebody registers: `example.com` of `a.b.example.com`, by a rule of thumb. */
function registrableDomain(host: string): string {
  const labels = host.split('.')
  const [second, top] = labels.slice(-2)
  const long = top?.length === 2 && second !== undefined && registries.has(second)
  return labels.slice(long ? -3 : -2).join('.')
}

/** Whether two host names may count as one site: one contains the other, or both lie under one registrable domain. */
export const sharesSite = (one: string, other: string): boolean =>
  one === other ||
  one.endsWith(`.${other}`) ||
  other.endsWith(`.${one}`) ||
  registrableDomain(one) === registrableDomain(other)
