import { z } from 'zod'
import { Id } from './ids.ts'
import { Turn, Version } from './resources.ts'
import { ToolCallStatus } from './states.ts'

/** The conversation as a page shows it: a fold of the app's events (`fold.ts`). */

export const ToolError = z.object({ code: z.string(), message: z.string() })
export type ToolError = z.infer<typeof ToolError>

export const ToolCall = z.object({
  id: Id, // ours, unique in the app
  name: z.string(),
  /** The raw JSON text so far while pending; whole once the block stopped. */
  inputText: z.string(),
  input: z.unknown().optional(), // parsed, once it is complete and readable
  status: ToolCallStatus,
  result: z.string().optional(),
  error: ToolError.optional(),
  startedAt: z.iso.datetime().optional(),
  deadline: z.iso.datetime().optional(), // while it runs: when it is ended at the latest
  ms: z.number().optional(),
  added: z.int().optional(), // lines, of the files that the call changed
  removed: z.int().optional(),
})
export type ToolCall = z.infer<typeof ToolCall>

/** `model`: go on with another model. `limits`: change the caps. */
export const NoticeAction = z.enum(['retry', 'continue', 'settings', 'restore', 'model', 'limits'])
export type NoticeAction = z.infer<typeof NoticeAction>

export const Notice = z.object({
  level: z.enum(['info', 'warning', 'error']),
  code: z.string(),
  text: z.string(),
  actions: z.array(NoticeAction).optional(),
  fault: z.string().optional(), // the same for the same fault; only of one that the model is asked to mend
})
export type Notice = z.infer<typeof Notice>

export const Block = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), text: z.string(), done: z.boolean() }),
  z.object({ type: z.literal('thinking'), text: z.string(), ms: z.number().optional(), done: z.boolean() }),
  z.object({
    type: z.literal('tools'),
    status: z.enum(['running', 'complete']),
    expanded: z.boolean(),
    calls: z.array(ToolCall),
    ms: z.number().optional(),
  }),
  z.object({ type: z.literal('notice'), ...Notice.shape }),
  z.object({ type: z.literal('version'), version: Version }),
])
export type Block = z.infer<typeof Block>

export const Attachment = z.object({ id: Id, name: z.string(), type: z.string(), bytes: z.int() })

export const UserMessage = z.object({
  id: Id,
  role: z.literal('user'),
  text: z.string(),
  attachments: z.array(Attachment),
  turn: Id,
  queued: z.boolean().optional(),
  createdAt: z.iso.datetime(),
})
export type UserMessage = z.infer<typeof UserMessage>

export const AssistantMessage = z.object({
  id: Id,
  role: z.literal('assistant'),
  turn: Id,
  blocks: z.array(Block),
  createdAt: z.iso.datetime(),
})
export type AssistantMessage = z.infer<typeof AssistantMessage>

export const Message = z.discriminatedUnion('role', [UserMessage, AssistantMessage])
export type Message = z.infer<typeof Message>

export const Conversation = z.object({ seq: z.int(), messages: z.array(Message), turns: z.array(Turn) })
export type Conversation = z.infer<typeof Conversation>
