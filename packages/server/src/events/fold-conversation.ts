import { applyEvent, emptyConversation, type Conversation } from '@overskill/protocol'
import type { EventLog } from './event-log.ts'

/** The conversations of apps, folded from the log. */
export type ConversationFold = {
  /** Everything stored so far; `seq` says up to where. Empty for an app without events, or that does not exist. */
  conversationOf: (app: string) => Promise<Conversation>
}

const keptApps = 32
const pageSize = 500

/** Keeps the newest conversations in memory and folds into them only what came since, so that a snapshot is cheap. */
export function createConversationFold(log: EventLog): ConversationFold {
  /** In the order of use: the first is the one to drop. Folding one app happens once at a time. */
  const kept = new Map<string, Promise<Conversation>>()

  const foldOn = async (app: string, before: Promise<Conversation> | undefined): Promise<Conversation> => {
    let conversation = before ? await before.catch(() => emptyConversation) : emptyConversation
    for (;;) {
      const events = await log.list(app, conversation.seq, pageSize)
      conversation = events.reduce(applyEvent, conversation)
      if (events.length < pageSize) return conversation
    }
  }

  return {
    conversationOf(app) {
      const folding = foldOn(app, kept.get(app))
      kept.delete(app)
      kept.set(app, folding)
      const oldest = kept.keys().next()
      if (kept.size > keptApps && !oldest.done) kept.delete(oldest.value)
      return folding
    },
  }
}
