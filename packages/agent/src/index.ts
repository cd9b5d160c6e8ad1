export { runAgent } from './agent-loop.ts'
export type { AgentNote, AgentRun, ResumedStep, Spent, WorkFault } from './agent-turn.ts'
export { systemClock, type Clock } from './clock.ts'
export { fence } from './fence.ts'
export type * from './model.ts'
export { createAnthropicModel, type AnthropicOptions } from './models/anthropic.ts'
export type { ListedModel, ModelListing } from './models/model-list.ts'
export { openProvider, type ModelProvider, type ProviderOptions } from './models/model-provider.ts'
export { providerNames, type ProviderName, type ProviderProfile } from './models/provider-profiles.ts'
export { testConnection } from './models/test-connection.ts'
export { costOf, modelCatalog, noUsage, type CatalogModel } from './models/prices.ts'
export { entriesOfStep, type StepRecord } from './step-history.ts'
export { interruptedCall } from './streaming-tool-executor.ts'
export { declareTools, toolProblems } from './tool-declarations.ts'
export {
  defineTool,
  done,
  keysConflict,
  read,
  refused,
  write,
  type ResourceKey,
  type Tool,
  type ToolResult,
} from './tool.ts'
export type { CallPlace, DeclaredCall, TurnEnd, TurnJournal } from './turn-journal.ts'
export type { SpendingCap } from './turn-endings.ts'
export { defaultLimits, type TurnLimits } from './turn-limits.ts'
