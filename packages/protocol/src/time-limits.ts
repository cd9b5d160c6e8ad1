/**
 * How long the parts of a turn are waited for, as one tree (ms). A part ends with what it is `in` at the latest, whatever its
 * own limit; one without `ms` has all that is left of that.
 */
const tree = {
  turn: { ms: 60 * 60_000 },
  step: { in: 'turn' }, // a local model may write at one reply for long: silence ends it, not its length
  request: { in: 'step' },
  headers: { in: 'request', ms: 120_000 },
  localHeaders: { in: 'request', ms: 300_000 }, // the model may have to be loaded first
  silence: { in: 'request', ms: 60_000 }, // without a byte
  noContent: { in: 'request', ms: 300_000 }, // signs of life only
  tool: { in: 'step', ms: 180_000 }, // any tool, from its start (AGENT.md D.5)
  fileTool: { in: 'tool', ms: 10_000 },
  searchTool: { in: 'tool', ms: 15_000 },
  pattern: { in: 'searchTool', ms: 5_000 },
  packages: { in: 'tool', ms: 170_000 }, // below the tool, which then hears why
  checkBuild: { in: 'step', ms: 300_000 },
  deploymentBuild: { in: 'turn', ms: 300_000 },
  buildPackages: { in: 'checkBuild', ms: 180_000 },
  bundle: { in: 'checkBuild', ms: 60_000 },
  firstStyles: { in: 'bundle', ms: 30_000 },
  styles: { in: 'bundle', ms: 10_000 },
} as const satisfies Record<string, { in?: string; ms?: number }>

export type TimeLimit = keyof typeof tree

type Node = { in?: TimeLimit; ms?: number }

export const timeLimitNames = Object.keys(tree) as TimeLimit[]

/** What a limit is part of; undefined for the turn itself. */
export const partOf = (name: TimeLimit): TimeLimit | undefined => (tree[name] as Node).in

/** A limit in ms; of one that has none of its own, that of what it is part of. */
export function timeLimitMs(name: TimeLimit): number {
  const { ms, in: parent } = tree[name] as Node
  return ms ?? (parent === undefined ? Infinity : timeLimitMs(parent))
}

/** How long something is waited for that begins `now`: its own limit, but no longer than what it is part of. Times in ms since 1970. */
export const handDownMs = (ownMs: number, now: number, parentEndsAt: number): number =>
  Math.max(0, Math.min(ownMs, parentEndsAt - now))
