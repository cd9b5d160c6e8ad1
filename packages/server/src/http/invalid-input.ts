import type { Failure, FailureField } from '@overskill/protocol'

/** What a schema says is wrong, as far as we read it. */
type Issue = {
  message: string
  path?: readonly (PropertyKey | { key: PropertyKey })[] | undefined
  code?: string
  keys?: readonly string[]
}

/** Fields that API.md names and a later release takes. */
const notBuiltYet = new Map([['attachments', 'Attachments are not built yet.']])

/**
 * The failure that bad input is. Where the path's own values are wrong, what it names cannot exist: `not_found`.
 *
 * @param params Names of the values that came in the path.
 */
export function failureOfIssues(issues: readonly Issue[], params: readonly string[]): Failure {
  const errors = issues.flatMap(fieldsOf)
  const named = errors.find((error) => params.includes(error.path))
  if (named) return { code: 'not_found', detail: `There is nothing at this address: ${named.path} is not one of ours.` }
  const first = errors[0]
  const detail = first ? `${first.path ? `${first.path}: ` : ''}${first.message}` : 'The input is not valid.'
  return { code: 'invalid', detail, errors }
}

function fieldsOf(issue: Issue): FailureField[] {
  const path = (issue.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part))
  if (issue.code !== 'unrecognized_keys') return [{ path: path.join('.'), message: issue.message }]
  return (issue.keys ?? []).map((key) => ({
    path: [...path, key].join('.'),
    message: notBuiltYet.get(key) ?? 'Unknown field.',
  }))
}
