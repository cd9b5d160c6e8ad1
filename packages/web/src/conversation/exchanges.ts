import type { AssistantMessage, Message, Mode, Turn, UserMessage } from '@overskill/protocol'

/** One turn as it is read: what a person said, what was answered, how it ended. */
export type Exchange = {
  turn: string
  user: UserMessage | undefined
  assistant: AssistantMessage | undefined
  state: Turn | undefined
}

/**
 * The conversation in the order it happened: by answer, because a queue that was reordered is answered in another order
 * than it was written. Queued messages are not in it; they stand above the composer.
 */
export function exchangesOf(messages: readonly Message[], turns: readonly Turn[]): Exchange[] {
  const states = new Map(turns.map((turn) => [turn.id, turn]))
  const found = new Map<string, Exchange & { place: number }>()
  messages.forEach((message, place) => {
    if (message.role === 'user' && message.queued) return
    const exchange = found.get(message.turn) ?? {
      turn: message.turn,
      user: undefined,
      assistant: undefined,
      state: states.get(message.turn),
      place,
    }
    found.set(
      message.turn,
      message.role === 'user' ? { ...exchange, user: message } : { ...exchange, assistant: message, place },
    )
  })
  return [...found.values()].sort((one, other) => one.place - other.place)
}

/** What a person said in a turn, and how it was meant. */
export const saidIn = ({ user, state }: Exchange): { text: string; mode: Mode } | undefined =>
  user && { text: user.text, mode: state?.mode ?? 'build' }

/** Messages that wait for the running turn to end, in their order. */
export const queuedOf = (messages: readonly Message[]): UserMessage[] =>
  messages.filter((message): message is UserMessage => message.role === 'user' && message.queued === true)

/** The turn that runs now. */
export const runningTurn = (turns: readonly Turn[]): Turn | undefined => turns.find((turn) => turn.status === 'running')
