import { declareTools, type Tool } from '@overskill/agent'
import type { Database } from '../database/database.ts'
import { readDraft } from '../apps/files.ts'
import { readHistory } from './history.ts'
import { openedWith } from './opening.ts'
import type { ToolWork } from './tools/work.ts'

export type PromptSizeOptions = { db: Database; system: string; tools: readonly Tool<ToolWork>[] }

/** Characters of the first request of an app's next turn, but for what the person says: system text, tools, conversation. */
export function createPromptSize({ db, system, tools }: PromptSizeOptions): (app: string) => Promise<number> {
  const always = system.length + JSON.stringify(declareTools(tools)).length
  return async (app) => {
    const history = await readHistory(db, app, Number.MAX_SAFE_INTEGER)
    return always + (history.length > 0 ? JSON.stringify(history).length : await contextSize(db, app))
  }
}

/** The first turn begins with a list of the files and the content of some. */
async function contextSize(db: Database, app: string): Promise<number> {
  const tree = await readDraft(db, app)
  return [...tree].reduce(
    (sum, [path, { bytes }]) => sum + path.length + '(1234 bytes)'.length + (openedWith.includes(path) ? bytes : 0),
    0,
  )
}
