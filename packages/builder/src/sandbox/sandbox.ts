import type { ChildProcessWithoutNullStreams } from 'node:child_process'

/** Whether children stand behind a boundary of the operating system. `reduced` says why not, in words for the operator. */
export type SandboxMode = { kind: 'bubblewrap' } | { kind: 'reduced'; reason: string }

/** A Node process to be confined. Every path is absolute; what is not named here is not there for it. */
export type ConfinedCommand = {
  /** The script, then its arguments. */
  args: readonly string[]
  /** Folders that it may read, at the same paths; this program's own toolchain need not be named. */
  readable: readonly string[]
  /** Folders that it may write too, at the same paths. */
  writable?: readonly string[]
  /** Its whole environment besides PATH and HOME. */
  env?: Readonly<Record<string, string>>
  /** Heap limit, in MB. */
  heapMb: number
}

/** A confined process, with stdio as pipes. Ending it is its owner's duty. */
export type ConfinedProcess = {
  readonly child: ChildProcessWithoutNullStreams
  /** Resident memory of everything in it, in bytes; 0 where that cannot be known. */
  residentBytes(): number
  /** Ends everything in it at once. */
  kill(): void
}

/**
 * Starts processes that get untrusted input: no network, nothing of this machine but what is named, an empty environment
 * (also behind `/proc/1/environ`), no way to gain rights, gone when their owner is gone.
 */
export type Sandbox = {
  readonly mode: SandboxMode
  start(command: ConfinedCommand): ConfinedProcess
}
