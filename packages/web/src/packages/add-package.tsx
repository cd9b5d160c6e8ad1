import type { UseMutationResult } from '@tanstack/react-query'
import type { PostPackages } from '@overskill/protocol'
import { Button } from '../ui/button.tsx'
import { Spinner } from '../ui/spinner.tsx'
import { packageWords } from './strings.ts'

type AddPackageProps = {
  name: string
  change: Pick<UseMutationResult<unknown, unknown, PostPackages>, 'isPending' | 'mutate'>
}

/** Adds the one package that is missing. */
export const AddPackage = ({ name, change }: AddPackageProps) => (
  <Button disabled={change.isPending} onClick={() => change.mutate({ add: [name] })}>
    {change.isPending && <Spinner />}
    {change.isPending ? packageWords.adding(name) : packageWords.add(name)}
  </Button>
)
