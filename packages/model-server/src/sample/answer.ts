import { text, type ReplyPart } from '../reply.ts'
import { appOf, buildReply } from './build-turn.ts'
import { readConversation, type Conversation } from './conversation.ts'
import { parseBuild } from './intent.ts'
import * as say from './say.ts'

/** The sample model's reply to a request. A pure function of the body: the same request gets the same parts. */
export function sampleReply(body: Record<string, unknown>): ReplyPart[] {
  return answer(readConversation(body))
}

function answer({ turns, mode }: Conversation): ReplyPart[] {
  const turn = turns.at(-1) ?? { prompt: '', steps: [] }
  const earlier = turns.slice(0, -1)
  const intent = parseBuild(turn.prompt)
  if (intent.kind === 'decline') return [text(say.declined(intent.closest, earlier.length > 0))]
  if (mode !== 'build') {
    const { files, edits } = appOf(intent)
    return [
      text(
        say.planned(
          intent,
          [...files, ...edits].map(({ path }) => path),
        ),
      ),
    ]
  }
  return buildReply(intent, turn.steps, [])
}
