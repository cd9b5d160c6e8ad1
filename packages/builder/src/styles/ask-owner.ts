import type { Writable } from 'node:stream'
import { encodeFrame } from '../frames.ts'
import { StylesReply } from '../messages.ts'
import type { StyleAnswer, StyleWork } from './style-request.ts'

/** A confined process's side: what it has asked its owner to compile. */
export type StyleQuestions = {
  /** Hands the question's number to `send`; resolves with the owner's answer. */
  ask(send: (ask: number) => void): Promise<StyleAnswer>
  /** Whether a message was an answer to one of them. */
  take(message: unknown): boolean
}

export function createStyleQuestions(): StyleQuestions {
  const asked = new Map<number, (answer: StyleAnswer) => void>()
  let next = 1
  return {
    ask(send) {
      const { promise, resolve } = Promise.withResolvers<StyleAnswer>()
      const ask = next++
      asked.set(ask, resolve)
      send(ask)
      return promise
    },
    take(message) {
      const reply = StylesReply.safeParse(message)
      if (!reply.success) return false
      asked.get(reply.data.ask)?.(reply.data.answer)
      asked.delete(reply.data.ask)
      return true
    },
  }
}

/**
 * The owner's side: answers a question once the sheet is compiled, unless the process is gone by then. Never rejects.
 *
 * @param onFault Hears why nothing was compiled when that is our own mistake; the process hears that it failed.
 */
export async function answerStyles(
  stdin: Writable,
  { ask, work }: { ask: number; work: StyleWork },
  compile: ((work: StyleWork) => Promise<StyleAnswer>) | null,
  onFault?: (error: unknown) => void,
): Promise<void> {
  const answer = await compileSafely(work, compile, onFault)
  if (answer && stdin.writable) stdin.write(encodeFrame({ kind: 'styles', ask, answer } satisfies StylesReply))
}

async function compileSafely(
  work: StyleWork,
  compile: ((work: StyleWork) => Promise<StyleAnswer>) | null,
  onFault?: (error: unknown) => void,
): Promise<StyleAnswer | undefined> {
  try {
    return await compile?.(work)
  } catch (error) {
    onFault?.(error)
    const message = 'The styles of this app could not be compiled. The details are in the log.'
    return { ok: false, faults: [{ where: 'process', message }] }
  }
}
