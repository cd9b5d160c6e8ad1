import { contract, type Mode } from '@overskill/protocol'
import { useMutation, useMutationState } from '@tanstack/react-query'
import { call } from '../api/call.ts'
import { useIdempotency } from '../api/idempotency.ts'
import { useApp } from '../editor/app-context.tsx'

type Wish = { text: string; mode: Mode }

/**
 * Sends what is typed, one after the other in the order in which it was typed. What is on its way is in `sending`, what
 * was refused comes back through `onRefused`: nothing that was typed is ever lost.
 */
export function useSendText(onRefused: (text: string) => void) {
  const app = useApp().id
  const idempotency = useIdempotency()
  const mutationKey = ['send', app]
  const send = useMutation({
    mutationKey,
    scope: { id: `send ${app}` },
    mutationFn: (wish: Wish) =>
      call(contract.messages.post, { app, ...wish }, { idempotencyKey: idempotency.keyFor(wish) }),
    onSuccess: () => idempotency.renew(),
    onError: (_, { text }) => onRefused(text),
  })
  const sending = useMutationState({
    filters: { mutationKey, status: 'pending' },
    select: (mutation) => (mutation.state.variables as Wish | undefined)?.text ?? '',
  })
  return { send: send.mutate, error: send.error, sending }
}
