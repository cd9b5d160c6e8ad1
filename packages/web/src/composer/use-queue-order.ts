import { contract, type UserMessage } from '@overskill/protocol'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { call } from '../api/call.ts'
import { problemOf } from '../api/problem.ts'
import { useApp, useAppState } from '../editor/app-context.tsx'
import { toast } from '../ui/toasts.tsx'
import { composerWords } from './strings.ts'

/** The queue as it is shown, and how a message moves in it. `said`: where the one that moved last stands, to be spoken. */
export type QueueOrder = { shown: UserMessage[]; said: string; move: (message: UserMessage, by: -1 | 1) => void }

/** An order that was asked for. `seq`: the event that tells it, once the server has answered. */
type Wanted = { ids: string[]; seq?: number }

/** A move is shown at once, and until the stream has told it; further ones go on from what is shown, and are sent in their order. */
export function useQueueOrder(queued: UserMessage[]): QueueOrder {
  const app = useApp().id
  const toldSeq = useAppState((state) => state.snapshot.seq)
  const [wanted, setWanted] = useState<Wanted>()
  const [said, setSaid] = useState('')
  const order = useMutation({
    scope: { id: `order ${app}` },
    mutationFn: (messages: string[]) => call(contract.messages.order, { app, messages }),
    onError: (error) => toast(problemOf(error).detail, { tone: 'problem' }),
    onSettled: (answer, _, ids) => setWanted((now) => (now?.ids === ids ? answer && { ids, seq: answer.seq } : now)),
  })
  const isTold = wanted?.seq !== undefined && wanted.seq <= toldSeq
  const shown = wanted && !isTold ? queued.toSorted(byPlace(wanted.ids)) : queued
  const move = (message: UserMessage, by: -1 | 1): void => {
    const ids = shown.map(({ id }) => id)
    const from = ids.indexOf(message.id)
    const to = from + by
    if (from < 0 || to < 0 || to >= ids.length) return
    const next = ids.toSpliced(from, 1).toSpliced(to, 0, message.id)
    setWanted({ ids: next })
    setSaid(composerWords.position(message.text, to + 1, ids.length))
    order.mutate(next)
  }
  return { shown, said, move }
}

/** One that came meanwhile is last. */
const byPlace = (ids: string[]) => {
  const place = ({ id }: UserMessage): number => (ids.includes(id) ? ids.indexOf(id) : ids.length)
  return (one: UserMessage, other: UserMessage): number => place(one) - place(other)
}
