import { contract, type Mode } from '@overskill/protocol'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { call } from '../api/call.ts'
import { useIdempotency } from '../api/idempotency.ts'

/** Creates an app and goes to it. `onCreated` is told before this page is left. */
export function useCreateApp(onCreated?: () => void) {
  const navigate = useNavigate()
  const client = useQueryClient()
  const idempotency = useIdempotency()
  return useMutation({
    mutationFn: (wish: { prompt: string; model?: string; mode?: Mode }) =>
      call(contract.apps.create, wish, { idempotencyKey: idempotency.keyFor(wish) }),
    onSuccess: async ({ app }) => {
      idempotency.renew()
      onCreated?.()
      void client.invalidateQueries({ queryKey: ['apps'] })
      await navigate({ to: '/apps/$app', params: { app: app.id } })
    },
  })
}
