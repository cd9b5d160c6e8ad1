import { fail, ok, type Outcome } from '@overskill/protocol'

/** How many items a list answers with. */
export const pageOf = (limit: number | undefined): number => limit ?? 50

const strange = 'That cursor is not one of ours.'

/** The number that a list goes on after, from a cursor that we gave. */
export function numberOfCursor(cursor: string | undefined): Outcome<number | undefined> {
  if (cursor === undefined) return ok(undefined)
  return /^\d{1,9}$/.test(cursor)
    ? ok(Number(cursor))
    : fail('invalid', strange, [{ path: 'cursor', message: strange }])
}
