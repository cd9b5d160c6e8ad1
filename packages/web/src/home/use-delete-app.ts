import { contract, type App } from '@overskill/protocol'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { call } from '../api/call.ts'
import { problemOf } from '../api/problem.ts'
import { words } from '../ui/strings.ts'
import { toast } from '../ui/toasts.tsx'
import { homeWords } from './strings.ts'

const sayProblem = (error: unknown): void => toast(problemOf(error).detail, { tone: 'problem' })

/** Brings a deleted app back; one that never was is refused by the server, in words. */
export const useUndeleteApp = (app: string, onRestored: () => void) =>
  useMutation({
    mutationFn: () => call(contract.apps.undelete, { app }),
    onSuccess: onRestored,
    onError: sayProblem,
  })

/** Deletes an app and offers to bring it back. */
export function useDeleteApp(app: App, onDeleted?: () => void) {
  const client = useQueryClient()
  const refresh = (): void => void client.invalidateQueries({ queryKey: ['apps'] })
  const name = app.name || words.untitled
  const restore = useUndeleteApp(app.id, () => {
    toast(homeWords.restored(name))
    refresh()
  })
  return useMutation({
    mutationFn: () => call(contract.apps.remove, { app: app.id }),
    onSuccess: () => {
      toast(homeWords.deleted(name), { action: { label: words.undo, run: () => restore.mutate() } })
      refresh()
      onDeleted?.()
    },
    onError: sayProblem,
  })
}
