import { problemOf } from '../api/problem.ts'
import { Button } from '../ui/button.tsx'
import { classes } from '../ui/classes.ts'
import { packageWords } from './strings.ts'
import { isTooNew } from './use-change-packages.ts'

type PackageRefusalProps = { error: unknown; pending: boolean; onAnyway: () => void; className?: string }

/** Why a package was not added; where it is only too new, what that risks and the way to add it all the same. */
export const PackageRefusal = ({ error, pending, onAnyway, className }: PackageRefusalProps) => {
  const { detail, errors } = problemOf(error)
  const others = errors.filter(({ path }) => path !== 'allowNew')
  return (
    <div role="alert" className={classes('mt-2 text-13', className)}>
      <p className="wrap-anywhere whitespace-pre-line">{detail}</p>
      {others.map(({ path, message }) => (
        <p key={`${path} ${message}`} className="mt-1 wrap-anywhere text-muted">
          {message}
        </p>
      ))}
      {isTooNew(error) && (
        <>
          <p className="mt-1 text-muted">{packageWords.tooNewRisk}</p>
          <Button className="mt-2" disabled={pending} onClick={onAnyway}>
            {packageWords.addAnyway}
          </Button>
        </>
      )}
    </div>
  )
}
