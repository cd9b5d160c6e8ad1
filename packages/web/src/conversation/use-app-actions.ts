import { contract, type Mode } from '@overskill/protocol'
import { useMutation } from '@tanstack/react-query'
import { call } from '../api/call.ts'
import { useIdempotency } from '../api/idempotency.ts'
import { problemOf } from '../api/problem.ts'
import { useApp } from '../editor/app-context.tsx'
import { toast } from '../ui/toasts.tsx'
import { conversationWords } from './strings.ts'

const sayProblem = (error: unknown): void => toast(problemOf(error).detail, { tone: 'problem' })

/** Sends what a button says; a failure is told at the edge, because the button has no place for it. */
export function useSayText() {
  const app = useApp().id
  const idempotency = useIdempotency()
  const send = useMutation({
    mutationFn: (wish: { text: string; mode?: Mode }) =>
      call(contract.messages.post, { app, ...wish }, { idempotencyKey: idempotency.keyFor(wish) }),
    onSuccess: () => idempotency.renew(),
    onError: sayProblem,
  })
  return {
    pending: send.isPending,
    say: (text: string, mode?: Mode) => send.mutate({ text, ...(mode && { mode }) }),
  }
}

export function useStopTurn() {
  const app = useApp().id
  return useMutation({
    mutationFn: (turn: string) => call(contract.turns.stop, { app, turn }),
    onError: sayProblem,
  })
}

/** Makes a new version with an older one's files. */
export function useRestoreVersion() {
  const app = useApp().id
  return useMutation({
    mutationFn: (version: number) => call(contract.versions.restore, { app, version }),
    onSuccess: ({ version }, restored) => toast(conversationWords.restored(restored, version.number)),
    onError: sayProblem,
  })
}

/** Shows a version at the preview address, without touching the files. */
export function useShowInPreview() {
  const app = useApp().id
  const idempotency = useIdempotency()
  return useMutation({
    mutationFn: (version: number) => {
      const body = { environment: 'preview' as const, version }
      return call(contract.deployments.deploy, { app, ...body }, { idempotencyKey: idempotency.keyFor(body) })
    },
    onSuccess: (_, version) => {
      idempotency.renew()
      toast(conversationWords.showingOld(version))
    },
    onError: sayProblem,
  })
}
