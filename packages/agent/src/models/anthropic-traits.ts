/** What a model takes, read off its name (AGENT.md B.3). An unknown name takes nothing special. */
export type ModelTraits = {
  thinking: boolean // `{type: 'adaptive', display: 'summarized'}`
  systemMessages: boolean // `role: 'system'` inside the conversation
}

const version = /^claude-(opus|sonnet|haiku|fable|mythos)-(\d+)(?:-(\d{1,2}))?(?:-\d{8})?$/

export function traitsOf(model: string): ModelTraits {
  const match = version.exec(model)
  if (!match) return { thinking: false, systemMessages: false }
  const family = match[1]
  const major = Number(match[2])
  const minor = Number(match[3] ?? 0)
  const plainSonnet5 = family === 'sonnet' && major === 5 && minor === 0
  const lateOpus4 = family === 'opus' && major === 4 && minor >= 8
  return { thinking: major >= 5, systemMessages: (major >= 5 && !plainSonnet5) || lateOpus4 }
}
