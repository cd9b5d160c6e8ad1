import type { ToolCall } from '@overskill/protocol'

export type PlanItem = { text: string; state: 'done' | 'doing' | 'todo' }

/** The steps of a plan call; none when it is not one or cannot be read. */
export function planItems(call: Pick<ToolCall, 'name' | 'input'> | undefined): PlanItem[] {
  const items = call?.name === 'os-plan' ? (call.input as { items?: unknown } | undefined)?.items : undefined
  if (!Array.isArray(items)) return []
  return items.flatMap((item: unknown) => {
    const { text, status } = (item ?? {}) as { text?: unknown; status?: unknown }
    if (typeof text !== 'string') return []
    return [{ text, state: status === 'done' || status === 'doing' ? status : 'todo' }]
  })
}
