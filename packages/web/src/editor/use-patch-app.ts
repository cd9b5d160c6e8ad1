import { contract, type App } from '@overskill/protocol'
import { useMutation } from '@tanstack/react-query'
import { call } from '../api/call.ts'
import { problemOf } from '../api/problem.ts'
import { toast } from '../ui/toasts.tsx'
import { useApp } from './app-context.tsx'

type Change = { name?: string; model?: string }

/** The app, and a way to change it: a change shows from the moment it is asked for, and until the stream has told it. */
export function usePatchApp(): { shown: App; patch: (change: Change) => void } {
  const told = useApp()
  const { mutate, variables, data, isPending, isError } = useMutation({
    mutationFn: (change: Change) => call(contract.apps.patch, { app: told.id, ...change }),
    onError: (error) => toast(problemOf(error).detail, { tone: 'problem' }),
  })
  const isAhead = isPending || (data !== undefined && !isError && data.app.updatedAt > told.updatedAt)
  return { shown: isAhead ? { ...told, ...variables } : told, patch: mutate }
}
