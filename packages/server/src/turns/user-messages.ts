import { must, type UserMessage } from '@overskill/protocol'
import { eq } from 'drizzle-orm'
import { messages } from '../database/schema.ts'
import type { Write } from '../events/event-log.ts'
import type { Database } from '../database/database.ts'

/** A person's message as it is stored. */
export type MessageRow = typeof messages.$inferSelect

/** A person's message as HTTP and events say it. */
export const presentMessage = (row: MessageRow, queued = false): UserMessage => ({
  id: row.id,
  role: 'user',
  text: row.text,
  attachments: row.attachments,
  turn: row.turn,
  ...(queued && { queued }),
  createdAt: row.createdAt.toISOString(),
})

/** The message with this id, which our own rows name. */
export async function readUserMessage(sql: Write['sql'] | Database, id: string): Promise<UserMessage> {
  const [row] = await sql.select().from(messages).where(eq(messages.id, id))
  return presentMessage(must(row, `Message ${id}`))
}
