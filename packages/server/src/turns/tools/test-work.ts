import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createDependencyStore, starterStoreDir } from '@overskill/builder'
import { type NewAppEvent, ok } from '@overskill/protocol'
import { type Draft, openDraft, treeOf } from '@overskill/workspace'
import { afterAll } from 'vitest'
import { createPackages } from '../../apps/packages.ts'
import type { ReportReader } from '../../previews/preview-reports.ts'
import { createTurnPackages } from '../turn-packages.ts'
import type { PlanItem, ToolWork } from './work.ts'

const repository = fileURLToPath(new URL('../../../../..', import.meta.url))

/** The registry that this machine's npm uses, and a store that lasts for one test file. */
const dir = mkdtempSync(join(tmpdir(), 'tool-packages-'))
const fault = (message: string): never => {
  throw new Error(message)
}
const log = { error: fault, warn: fault, info: () => undefined }
const store = createDependencyStore({ dir, trustedDirs: [starterStoreDir(repository)], log })
const packages = createPackages({ store })
afterAll(async () => {
  await store.close()
  rmSync(dir, { recursive: true, force: true })
})

/** Work on a small app kept in memory, which remembers what was named, planned and said. For tests. */
export function workOn(files: Readonly<Record<string, string | Uint8Array>> = {}, reports: Partial<ReportReader> = {}) {
  const { tree, blobs } = treeOf(files)
  const draft: Draft = openDraft(tree, blobs)
  const said: { names: string[]; plans: (readonly PlanItem[])[]; events: NewAppEvent[] } = {
    names: [],
    plans: [],
    events: [],
  }
  const work: ToolWork = {
    draft,
    packages: createTurnPackages(packages, (event) => void said.events.push(event)).on(draft),
    async rename(name) {
      said.names.push(name)
      return ok({ name, slug: name.toLowerCase().replaceAll(' ', '-') })
    },
    reports: { list: () => [], lastEditAt: async () => undefined, ...reports },
    plan: (items) => void said.plans.push(items),
  }
  return { work, draft, said }
}
