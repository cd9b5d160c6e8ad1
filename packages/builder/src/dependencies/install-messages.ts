import type { InstallProgress, Outcome } from '@overskill/protocol'
import type { SandboxOptions } from '../sandbox/open-sandbox.ts'
import type { InstallJob } from './installer.ts'
import type { RegistryConfig } from './registry-config.ts'
import type { registryLimits } from './registry.ts'

/** What the thread that installs is started with. */
export type InstallThreadOptions = {
  dir: string
  trustedDirs: readonly string[]
  registry: RegistryConfig
  registryLimits: Partial<typeof registryLimits>
  sandbox: SandboxOptions
}

/** What owner and thread say to each other. Both are ours. */
export type ToThread =
  | { id: number; kind: 'install'; job: InstallJob; limitMs: number }
  | { id: number; kind: 'resolve'; requests: readonly string[]; allowNew: readonly string[] }
  | { id: number; kind: 'stop' }
export type FromThread =
  | { id: number; kind: 'progress'; progress: InstallProgress }
  | { id: number; kind: 'ended'; outcome: Outcome<unknown> }
  | { id: number; kind: 'broken'; detail: string }
