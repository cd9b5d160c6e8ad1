import type { Outcome } from '@overskill/protocol'
import type { MissingPackage } from '@overskill/builder'
import type { Draft } from '@overskill/workspace'
import type { ReportReader } from '../../previews/preview-reports.ts'
import type { ChangedPackages, PackageChange } from '../../apps/packages.ts'

/** One line of the plan that the page shows as a checklist. */
export type PlanItem = { text: string; status: 'todo' | 'doing' | 'done' }

/** What one tool call may touch, made by the turn's owner for that call alone. Nothing lasts before its result is committed. */
export interface ToolWork {
  draft: Draft
  /** Names the app. `conflict`: the name's address is taken, the detail says which is free. `invalid`: no usable name. */
  rename(name: string, description?: string): Promise<Outcome<{ name: string; slug: string }>>
  /** What the app's previewed pages told. Read only. */
  reports: ReportReader
  packages: {
    /** Installs what the app would ask for after a change. Writes nothing: `package.json` is the tool's to write. */
    change(change: PackageChange, signal: AbortSignal): Promise<Outcome<ChangedPackages>>
    /** What a script imports that is neither installed nor being added by a call beside this one. */
    missing(path: string, text: string): Promise<MissingPackage[]>
  }
  /** Replaces the plan. */
  plan(items: readonly PlanItem[]): void
}
