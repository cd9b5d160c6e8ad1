import { Button } from '../ui/button.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import { packageWords } from './strings.ts'
import { isTooNew } from './use-change-packages.ts'

type PackageRefusalProps = { error: unknown; pending: boolean; onAnyway: () => void }

/** Why a package was not added; where it is only too new, what that risks and the way to add it all the same. */
export const PackageRefusal = ({ error, pending, onAnyway }: PackageRefusalProps) => (
  <ProblemNote error={error} className="mt-2 px-0 py-0">
    {isTooNew(error) && (
      <>
        <p className="w-full text-muted">{packageWords.tooNewRisk}</p>
        <Button disabled={pending} onClick={onAnyway}>
          {packageWords.addAnyway}
        </Button>
      </>
    )}
  </ProblemNote>
)
