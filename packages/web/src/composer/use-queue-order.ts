import { contract, type Message, type UserMessage } from '@overskill/protocol'
import { useMutation } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { call } from '../api/call.ts'
import { problemOf } from '../api/problem.ts'
import { queuedOf } from '../conversation/exchanges.ts'
import { useApp, useAppState } from '../editor/app-context.tsx'
import { toast } from '../ui/toasts.tsx'
import { composerWords } from './strings.ts'

/** The queue as it is shown, and how a message moves in it. `said`: where the one that moved last stands, to be spoken. */
export type QueueOrder = {
  shown: UserMessage[]
  said: string
  move: (message: UserMessage, by: -1 | 1) => void
  /** One that was removed is gone at once, before the stream tells it. */
  forget: (message: UserMessage) => void
}

/** An order that was asked for. `seq`: the event that tells it, once the server has answered. */
type Wanted = { messages: UserMessage[]; seq?: number }

/** A move is shown at once, and until the stream has told it; further ones go on from what is shown, and are sent in their order. */
export function useQueueOrder(told: readonly Message[]): QueueOrder {
  const app = useApp().id
  const toldSeq = useAppState((state) => state.snapshot.seq)
  const [wanted, setWanted] = useState<Wanted>()
  const [gone, setGone] = useState<readonly string[]>([])
  const [said, setSaid] = useState('')
  const order = useMutation({
    scope: { id: `order ${app}` },
    mutationFn: (messages: UserMessage[]) =>
      call(contract.messages.order, { app, messages: messages.map(({ id }) => id) }),
    onError: (error) => toast(problemOf(error).detail, { tone: 'problem' }),
    onSettled: (answer, _, messages) =>
      setWanted((now) => (now?.messages === messages ? answer && { messages, seq: answer.seq } : now)),
  })
  const isTold = wanted?.seq !== undefined && wanted.seq <= toldSeq
  const shown = useMemo(
    () => shownOf(told, isTold ? undefined : wanted).filter(({ id }) => !gone.includes(id)),
    [told, wanted, isTold, gone],
  )
  const move = (message: UserMessage, by: -1 | 1): void => {
    const from = shown.findIndex(({ id }) => id === message.id)
    const to = from + by
    if (from < 0 || to < 0 || to >= shown.length) return
    const next = shown.toSpliced(from, 1).toSpliced(to, 0, message)
    setWanted({ messages: next })
    setSaid(composerWords.position(message.text, to + 1, shown.length))
    order.mutate(next)
  }
  const forget = ({ id }: UserMessage): void => setGone((before) => [...before, id])
  return { shown, said, move, forget }
}

/** The stream tells a move by taking messages out and putting them back: between the two they stay where they are wanted. */
function shownOf(told: readonly Message[], wanted: Wanted | undefined): UserMessage[] {
  const queued = queuedOf(told)
  if (!wanted) return queued
  const placed = wanted.messages.map((before) => told.find(({ id }) => id === before.id) ?? before)
  const others = queued.filter(({ id }) => !wanted.messages.some((one) => one.id === id)) // they came meanwhile
  return [...queuedOf(placed), ...others]
}
