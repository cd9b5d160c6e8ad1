/** Order of versions as semver 2.0.0 §11 has it. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [partsOf(a), partsOf(b)]
  for (let index = 0; index < 3; index += 1) {
    const difference = (left.numbers[index] ?? 0) - (right.numbers[index] ?? 0)
    if (difference !== 0) return difference
  }
  if (left.tail.length === 0 || right.tail.length === 0) return right.tail.length - left.tail.length
  for (let index = 0; index < Math.max(left.tail.length, right.tail.length); index += 1) {
    const difference = compareIdentifiers(left.tail[index], right.tail[index])
    if (difference !== 0) return difference
  }
  return 0
}

function partsOf(version: string): { numbers: number[]; tail: string[] } {
  const [core = '', ...tail] = (version.split('+')[0] ?? '').split('-')
  return { numbers: core.split('.').map(Number), tail: tail.length === 0 ? [] : tail.join('-').split('.') }
}

function compareIdentifiers(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? -1 : 1
  const [x, y] = [/^\d+$/.test(a), /^\d+$/.test(b)]
  if (x && y) return Number(a) - Number(b)
  if (x !== y) return x ? -1 : 1
  return a === b ? 0 : a < b ? -1 : 1
}

const COMPARATOR =
  /^(\^|~>?|>=|<=|>|<|=)?\s*v?(\d+|[x*])?(?:\.(\d+|[x*]))?(?:\.(\d+|[x*]))?(?:-([\w.-]+))?(?:\+[\w.-]+)?$/i

/**
 * Whether a version fits a range as npm writes them (`^1.2`, `1.x || >=2.1 <3`, `1.2 - 2`, `*`). A version before a release fits
 * only a range that names one. False for what is no range, such as a tag.
 */
export function fitsRange(version: string, range: string): boolean {
  return range.split('||').some((part) => {
    const spaced = part
      .trim()
      .replace(/^(\S+)\s+-\s+(\S+)$/, '>=$1 <=$2')
      .replaceAll(/(\^|~>?|[<>]=?|=)\s+/g, '$1')
    const comparators = spaced === '' ? ['*'] : spaced.split(/\s+/)
    if (version.includes('-') && !comparators.some((each) => /\d-[\w.]/.test(each))) return false
    return comparators.every((each) => fitsComparator(version, each))
  })
}

function fitsComparator(version: string, comparator: string): boolean {
  const match = COMPARATOR.exec(comparator)
  if (!match) return false
  const [, operator = '=', ...rest] = match
  const numbers = rest.slice(0, 3).map((part) => (part === undefined || /[x*]/i.test(part) ? undefined : Number(part)))
  const given = numbers.findIndex((part) => part === undefined)
  const known = given === -1 ? 3 : given
  const floor = `${[0, 1, 2].map((index) => (index < known ? (numbers[index] ?? 0) : 0)).join('.')}${rest[3] ? `-${rest[3]}` : ''}`
  const isFrom = compareVersions(version, floor) >= 0
  if (operator === '>=') return isFrom
  if (operator === '<') return known > 0 && !isFrom
  if (known === 0) return operator !== '>'
  const nextOf = (index: number): string =>
    [0, 1, 2]
      .map((each) => (each < index ? (numbers[each] ?? 0) : each === index ? (numbers[each] ?? 0) + 1 : 0))
      .join('.')
  const isBelow = (limit: string): boolean => compareVersions(version, `${limit}-0`) < 0
  if (operator === '>') return known === 3 ? compareVersions(version, floor) > 0 : !isBelow(nextOf(known - 1))
  if (operator === '<=') return known === 3 ? compareVersions(version, floor) <= 0 : isBelow(nextOf(known - 1))
  if (operator === '^') {
    const first = numbers.slice(0, known).findIndex((part) => part !== 0)
    return isFrom && isBelow(nextOf(first === -1 ? known - 1 : first))
  }
  if (operator.startsWith('~')) return isFrom && isBelow(nextOf(Math.min(1, known - 1)))
  return known === 3 ? compareVersions(version, floor) === 0 : isFrom && isBelow(nextOf(known - 1))
}
