import { createHash } from 'node:crypto'
import { timeLimitMs } from '@overskill/protocol'
import type { SourceTree } from '../artifact.ts'
import type { DependencySet } from '../dependency-set.ts'
import { keepRecent } from '../engine/recent.ts'
import type { BuildLog } from '../log.ts'
import type { Sandbox } from '../sandbox/sandbox.ts'
import { findContent, type ContentFile } from './content-files.ts'
import { StylePool } from './style-pool.ts'
import { startStyleProcess, type StyleEnd } from './style-process.ts'
import type { StyleAnswer, StyleWork } from './style-request.ts'

export type StyleLimits = {
  /** Processes at a time; the longest idle one makes room. */
  processes: number
  /** For the first stylesheet of a process, its start and the app's config included, in ms. */
  firstMs: number
  /** For each further stylesheet, in ms. */
  compileMs: number
  /** Most memory that a process may hold, in bytes. */
  memoryBytes: number
  /** How long a process may be idle before it is ended, in ms. */
  idleMs: number
  /** How long code that came to a bad end is not run again, in ms. */
  bannedMs: number
}

export type StyleOptions = {
  sandbox: Sandbox
  log: BuildLog
  limits?: Partial<StyleLimits>
  /** Whether code of apps runs where there is no boundary around it. It does not unless told. */
  runsUnconfined?: boolean
}

export type StyleRequest = {
  work: StyleWork
  dependencySet: Pick<DependencySet, 'key' | 'dir'>
  /** The app's files. Those that hold no text are left out here. Their bytes must not change afterwards. */
  tree: SourceTree
}

/**
 * Compiles stylesheets that need code of an app (a Tailwind config, plugins), in confined processes. A process runs the code
 * of one request and is kept for requests that bring the very same code, so it never sees files of an app with other code.
 * The answer is a function of the request. Never rejects.
 */
export type StyleService = {
  compile(request: StyleRequest, options: { signal: AbortSignal }): Promise<StyleAnswer>
  close(): Promise<void>
}

const LIMITS: StyleLimits = {
  processes: 4,
  firstMs: timeLimitMs('firstStyles'),
  compileMs: timeLimitMs('styles'),
  memoryBytes: 700 * 1024 * 1024,
  idleMs: 120_000,
  bannedMs: 30_000,
}

/** Most answers that are kept, and the longest css that is. */
const KEPT_ANSWERS = 40
const MAX_KEPT_CHARS = 1_000_000

const WORDS: Record<StyleEnd, string> = {
  timeout: 'took too long and was ended.',
  memory: 'used too much memory and was ended.',
  unreadable: 'wrote into the answer and was ended. What it prints belongs to console.error.',
  crashed: 'ended its own process: by process.exit(), an error outside of its call, or too much memory.',
  ended: 'was stopped.',
}

const refused = (message: string): StyleAnswer => ({ ok: false, faults: [{ where: 'process', message }] })
const STOPPED = refused('The build was stopped.')

export function createStyleService(options: StyleOptions): StyleService {
  const limits = { ...LIMITS, ...options.limits }
  const pool = new StylePool({ most: limits.processes, idleMs: limits.idleMs })
  const answers = keepRecent<StyleAnswer>(KEPT_ANSWERS)
  const banned = keepRecent<{ until: number; answer: StyleAnswer }>(500)
  const { sandbox, log } = options

  const run = async (key: string, request: StyleRequest, files: Map<string, ContentFile>, signal: AbortSignal) => {
    const { work, dependencySet } = request
    const { memoryBytes, firstMs, compileMs } = limits
    const { toolchain, sheet } = work
    const start = () => startStyleProcess({ sandbox, log, memoryBytes, toolchain, dependencySetDir: dependencySet.dir })
    const answer = await pool.lend(
      key,
      start,
      (process, isFirst) => process.compile({ sheet, files }, isFirst ? firstMs : compileMs),
      signal,
    )
    if (answer === null || answer === 'ended') return STOPPED
    if (typeof answer !== 'string') return answer
    const bad = refused(`The Tailwind config of this app ${WORDS[answer]}`)
    banned.set(key, { until: performance.now() + limits.bannedMs, answer: bad })
    return bad
  }

  return {
    async compile(request, { signal }) {
      if (sandbox.mode.kind === 'reduced' && !options.runsUnconfined)
        return refused(
          `The styles of this app need its own code to run, and nothing here can confine it. ${sandbox.mode.reason}`,
        )
      const { work, dependencySet, tree } = request
      const key = hashOf([work.toolchain, dependencySet.key, dependencySet.dir])
      const barred = banned.get(key)
      if (barred && barred.until > performance.now()) return barred.answer
      const scans = work.sheet.major === 3 && work.sheet.scans
      const files = scans ? findContent(tree) : new Map<string, ContentFile>()
      const asked = hashOf([key, work.sheet, [...files].map(([path, { hash }]) => `${path}\0${hash}`).toSorted(byText)])
      const known = answers.get(asked)
      if (known) return known
      const answer = await Promise.race([run(key, request, files, signal), stopped(signal)])
      return answer.ok && answer.css.length <= MAX_KEPT_CHARS ? answers.set(asked, answer) : answer
    },
    close: () => pool.close(),
  }
}

/** How owners of confined processes have styles compiled: by the service, if there is one. Never rejects. */
export const compileStylesWith =
  (styles: StyleService | undefined) =>
  async (work: StyleWork, input: Omit<StyleRequest, 'work'>, signal: AbortSignal): Promise<StyleAnswer> =>
    styles?.compile({ work, ...input }, { signal }) ??
    refused('The styles of this app need its own code to run, which is not possible here.')

const byText = (a: string, b: string): number => (a < b ? -1 : 1)

const hashOf = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('base64url')

/** Resolves when the signal says so; otherwise never. The process goes on, within its own limits. */
function stopped(signal: AbortSignal): Promise<StyleAnswer> {
  const { promise, resolve } = Promise.withResolvers<StyleAnswer>()
  if (signal.aborted) resolve(STOPPED)
  else signal.addEventListener('abort', () => resolve(STOPPED), { once: true })
  return promise
}
