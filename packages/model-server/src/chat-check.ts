type Message = { role?: unknown; content?: unknown; tool_calls?: unknown; tool_call_id?: unknown }

/**
 * What a chat completions API would refuse in this request, in words, or undefined: calls without results, results without a
 * call, content of a wrong form.
 */
export function chatProblem(body: Record<string, unknown>): string | undefined {
  if (typeof body['model'] !== 'string') return 'you must provide a model parameter'
  if (body['stream'] !== true) return 'this server only streams'
  const messages = body['messages']
  if (!Array.isArray(messages) || messages.length === 0) return "Invalid 'messages': empty array"
  let open = new Set<unknown>()
  for (const [at, message] of (messages as Message[]).entries()) {
    const problem = messageProblem(message) ?? orderProblem(message, open)
    if (problem !== undefined) return `messages.[${at}]: ${problem}`
    if (message.role === 'tool') open.delete(message.tool_call_id)
    if (message.role === 'assistant') open = new Set(callsOf(message).map(({ id }) => id))
  }
  return open.size > 0 ? 'the last tool_calls have no response messages' : undefined
}

function messageProblem({ role, content, tool_call_id: id, ...message }: Message): string | undefined {
  if (!['system', 'user', 'assistant', 'tool'].includes(String(role))) return `role ${String(role)} is not known`
  const isText = typeof content === 'string'
  if (!isText && !Array.isArray(content)) return 'content must be a string or an array'
  if (role === 'tool' && typeof id !== 'string') return 'missing tool_call_id'
  if (callsOf(message).some((call) => typeof call.function?.arguments !== 'string')) return 'arguments must be a string'
  return undefined
}

function orderProblem({ role, tool_call_id: id }: Message, open: ReadonlySet<unknown>): string | undefined {
  if (role === 'tool') return open.has(id) ? undefined : `no preceding tool_calls has the id ${String(id)}`
  return open.size > 0 ? 'tool_calls must be followed by tool messages' : undefined
}

type Call = { id?: unknown; function?: { arguments?: unknown } }

const callsOf = ({ tool_calls: calls }: Message): Call[] => (Array.isArray(calls) ? (calls as Call[]) : [])
