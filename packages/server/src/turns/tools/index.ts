import type { Tool } from '@overskill/agent'
import { osAddDependency } from './os-add-dependency.ts'
import { osCopy } from './os-copy.ts'
import { osDelete } from './os-delete.ts'
import { osListFiles } from './os-list-files.ts'
import { osPlan } from './os-plan.ts'
import { osReadConsoleLogs } from './os-read-console-logs.ts'
import { osReadNetworkRequests } from './os-read-network-requests.ts'
import { osRemoveDependency } from './os-remove-dependency.ts'
import { osRename } from './os-rename.ts'
import { osReplace } from './os-replace.ts'
import { osSearchFiles } from './os-search-files.ts'
import { osView } from './os-view.ts'
import { osWrite } from './os-write.ts'
import { renameApp } from './rename-app.ts'
import type { ToolWork } from './work.ts'

export type { PlanItem, ToolWork } from './work.ts'

/** Every tool of a turn, sorted by name: the same list in the same order gives the same request bytes (AGENT.md C.3). */
export const toolset: readonly Tool<ToolWork>[] = [
  osAddDependency,
  osCopy,
  osDelete,
  osListFiles,
  osPlan,
  osReadConsoleLogs,
  osReadNetworkRequests,
  osRemoveDependency,
  osRename,
  osReplace,
  osSearchFiles,
  osView,
  osWrite,
  renameApp,
]
