import { contract, type PostPackages } from '@overskill/protocol'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { call } from '../api/call.ts'
import { useIdempotency } from '../api/idempotency.ts'
import { problemOf } from '../api/problem.ts'
import { useApp } from '../editor/app-context.tsx'
import { toast } from '../ui/toasts.tsx'
import { packageWords } from './strings.ts'

/** Whether the server refused only because a version is younger than a day, which a person may overrule. */
export const isTooNew = (error: unknown): boolean =>
  error !== null && error !== undefined && problemOf(error).errors.some(({ path }) => path === 'allowNew')

/** Adds and removes packages, as a new version of the app. */
export function useChangePackages() {
  const app = useApp().id
  const client = useQueryClient()
  const idempotency = useIdempotency()
  return useMutation({
    mutationFn: (wish: PostPackages) =>
      call(contract.packages.change, { app, ...wish }, { idempotencyKey: idempotency.keyFor(wish) }),
    onSuccess: ({ version }, { add, remove }) => {
      idempotency.renew()
      if (add?.[0]) toast(packageWords.added(add[0], version.number))
      if (remove?.[0]) toast(packageWords.removed(remove[0], version.number))
      return client.invalidateQueries({ queryKey: ['app', app, 'file', 'package.json'] })
    },
  })
}
