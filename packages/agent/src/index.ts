export { runAgent } from './agent-loop.ts'
export type { AgentNote, AgentRun, ResumedStep, WorkFault } from './agent-turn.ts'
export { systemClock, type Clock } from './clock.ts'
export type * from './model.ts'
export { createAnthropicModel, type AnthropicOptions } from './models/anthropic.ts'
export { checkKey, type KeyCheck } from './models/check-key.ts'
export { addCosts, addUsage, costOf, modelCatalog, noCost, noUsage, type CatalogModel } from './models/prices.ts'
export { entriesOfStep, type StepRecord } from './step-history.ts'
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
export { defaultLimits, type TurnLimits } from './turn-limits.ts'
