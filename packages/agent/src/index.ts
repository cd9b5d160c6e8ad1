export type * from './model.ts'
export { defineTool, done, read, refused, write, type ResourceKey, type Tool, type ToolResult } from './tool.ts'
export type { CallPlace, DeclaredCall, TurnEnd, TurnJournal } from './turn-journal.ts'
