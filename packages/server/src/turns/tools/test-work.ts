import { ok } from '@overskill/protocol'
import { type Draft, openDraft, treeOf } from '@overskill/workspace'
import type { ReportReader } from '../../previews/preview-reports.ts'
import type { PlanItem, ToolWork } from './work.ts'

/** Work on a small app kept in memory, which remembers what was named and planned. For tests. */
export function workOn(files: Readonly<Record<string, string | Uint8Array>> = {}, reports: Partial<ReportReader> = {}) {
  const { tree, blobs } = treeOf(files)
  const draft: Draft = openDraft(tree, blobs)
  const said: { names: string[]; plans: (readonly PlanItem[])[] } = { names: [], plans: [] }
  const work: ToolWork = {
    draft,
    async rename(name) {
      said.names.push(name)
      return ok({ name, slug: name.toLowerCase().replaceAll(' ', '-') })
    },
    reports: { list: () => [], lastEditAt: async () => undefined, ...reports },
    plan: (items) => void said.plans.push(items),
  }
  return { work, draft, said }
}
