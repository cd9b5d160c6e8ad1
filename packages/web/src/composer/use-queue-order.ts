import { contract, type UserMessage } from '@overskill/protocol'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { call } from '../api/call.ts'
import { problemOf } from '../api/problem.ts'
import { toast } from '../ui/toasts.tsx'
import { composerWords } from './strings.ts'

/** The queue as it is shown, and how a message moves in it. `said`: where the one that moved last stands, to be spoken. */
export type QueueOrder = { shown: UserMessage[]; said: string; move: (message: UserMessage, by: -1 | 1) => void }

/** A move is shown at once; until the server has answered, further ones go on from what is shown, and are sent in their order. */
export function useQueueOrder(app: string, queued: UserMessage[]): QueueOrder {
  const [wanted, setWanted] = useState<string[]>()
  const [said, setSaid] = useState('')
  const order = useMutation({
    scope: { id: `order ${app}` },
    mutationFn: (messages: string[]) => call(contract.messages.order, { app, messages }),
    onError: (error) => toast(problemOf(error).detail, { tone: 'problem' }),
    onSettled: (_, __, sent) => setWanted((now) => (now === sent ? undefined : now)),
  })
  const rank = ({ id }: UserMessage): number => {
    const place = wanted?.indexOf(id) ?? 0
    return place < 0 ? Infinity : place // one that came meanwhile is last
  }
  const shown = wanted ? queued.toSorted((one, other) => rank(one) - rank(other) || 0) : queued
  const move = (message: UserMessage, by: -1 | 1): void => {
    const ids = shown.map(({ id }) => id)
    const from = ids.indexOf(message.id)
    const to = from + by
    if (from < 0 || to < 0 || to >= ids.length) return
    const next = ids.toSpliced(from, 1).toSpliced(to, 0, message.id)
    setWanted(next)
    setSaid(composerWords.position(message.text, to + 1, ids.length))
    order.mutate(next)
  }
  return { shown, said, move }
}
