import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { type Outcome, timeLimitMs } from '@overskill/protocol'
import { decodeText } from './blob.ts'
import { matchesGlob } from './glob.ts'
import type { Tree } from './store.ts'

/** Where files are read from: a draft is one. */
export interface FileSource {
  tree(): Tree
  read(path: string): Promise<Outcome<Uint8Array>>
}

export type SearchQuery = {
  text: string
  regex?: boolean
  caseSensitive?: boolean
  include?: readonly string[] // globs; none = all files
  exclude?: readonly string[]
  limit?: number // most hits, 100 unless told
}

/** A line that matched, from 1; its text cut to 500 characters around nothing: from its start. */
export type SearchHit = { path: string; line: number; text: string }

export type SearchResult =
  | { ok: true; hits: SearchHit[]; more: boolean; files: number } // files: how many were searched
  | { ok: false; code: 'BAD_REGEX'; message: string }
  | { ok: false; code: 'TIMEOUT'; message: string }

const maxLineLength = 500

type LineFinder = (text: string) => Promise<number[]> | number[]

/**
 * Lines of text files that match, in the order of paths. Binary files are passed over. Line by line: a pattern never matches
 * across lines. A regular expression runs in a thread of its own, which is ended when `limitMs` have passed or `signal` aborts, even in
 * the middle of a match; the result is then TIMEOUT.
 */
export async function searchFiles(
  source: FileSource,
  query: SearchQuery,
  signal: AbortSignal,
  limitMs = timeLimitMs('pattern'),
): Promise<SearchResult> {
  const limit = query.limit ?? 100
  if (!query.regex) return collect(source, query, limit, plainFinder(query), signal)
  const flags = query.caseSensitive ? '' : 'i'
  const problem = regexProblem(query.text, flags)
  if (problem) return { ok: false, code: 'BAD_REGEX', message: problem }
  const stop = AbortSignal.any([signal, AbortSignal.timeout(limitMs)])
  const worker = new Worker(new URL('./search-worker.ts', import.meta.url), {
    workerData: { source: query.text, flags, most: limit + 1 },
    resourceLimits: { maxOldGenerationSizeMb: 128 },
  })
  // Some patterns are found to be too large only when they first run, or use up the thread's memory.
  const crash = new AbortController()
  worker.on('error', (error) => crash.abort(error))
  const ended = AbortSignal.any([stop, crash.signal])
  const ask: LineFinder = async (text) => {
    worker.postMessage(text)
    const [found] = (await once(worker, 'message', { signal: ended })) as [number[]]
    return found
  }
  try {
    return await collect(source, query, limit, ask, ended)
  } catch (error) {
    if (stop.aborted) return timedOut
    if (!crash.signal.aborted) throw error
    return {
      ok: false,
      code: 'BAD_REGEX',
      message: `The pattern is too large to run: ${(crash.signal.reason as Error).message}.`,
    }
  } finally {
    await worker.terminate()
  }
}

const timedOut: SearchResult = {
  ok: false,
  code: 'TIMEOUT',
  message: 'The search took too long and was ended. Use a simpler pattern, or include fewer files.',
}

function regexProblem(source: string, flags: string): string | undefined {
  try {
    new RegExp(source, flags)
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

function plainFinder(query: SearchQuery): LineFinder {
  const folded = (text: string): string => (query.caseSensitive ? text : text.toLowerCase())
  const wanted = folded(query.text)
  return (text) => {
    if (!folded(text).includes(wanted)) return []
    return text.split('\n').flatMap((line, i) => (folded(line).includes(wanted) ? [i + 1] : []))
  }
}

async function collect(
  source: FileSource,
  query: SearchQuery,
  limit: number,
  find: LineFinder,
  stop: AbortSignal,
): Promise<SearchResult> {
  const hits: SearchHit[] = []
  let files = 0
  for (const path of source.tree().keys()) {
    if (stop.aborted) return timedOut
    if (query.include?.length && !query.include.some((glob) => matchesGlob(path, glob))) continue
    if (query.exclude?.some((glob) => matchesGlob(path, glob))) continue
    const content = await source.read(path)
    const text = content.ok ? decodeText(content.value) : undefined
    if (text === undefined) continue
    files += 1
    const numbers = await find(text)
    const lines = numbers.length > 0 ? text.split('\n') : []
    for (const line of numbers) {
      if (hits.length === limit) return { ok: true, hits, more: true, files }
      hits.push({ path, line, text: (lines[line - 1] ?? '').trimEnd().slice(0, maxLineLength) })
    }
  }
  return { ok: true, hits, more: false, files }
}
