import { fail, type FileChange, limits, ok, type Outcome } from '@overskill/protocol'
import { decodeText, encodeText, entryOf } from './blob.ts'
import { countLines, type LineCount } from './lines.ts'
import { checkPlace, normalisePath } from './paths.ts'
import type { BlobStore, Tree, TreeEntry } from './store.ts'
import { applyStaged, type StagedFile, treeBytes } from './tree.ts'

/** A change as the draft reports it at once; `warnings` say what was altered in the content, if anything was. */
export type Written = FileChange & { warnings: readonly string[] }

/**
 * A staged view of ONE tool call or one person's edit on top of a committed tree. It writes nothing anywhere: the owner
 * takes `staged()` and commits it together with the call's result. Used by one caller at a time.
 *
 * Paths are normalised here. Failures: `invalid` (path), `not_found`, `conflict` (the target exists), `too_large` (file or
 * tree), `wrong_type` (binary where text is asked for). A failed call stages nothing.
 */
export interface Draft {
  /** The committed tree with the staged changes. */
  tree(): Tree
  read(path: string): Promise<Outcome<Uint8Array>>
  /** The file as text, exact to the byte when encoded as UTF-8 again. */
  readText(path: string): Promise<Outcome<string>>
  /** Creates or replaces a file. Bytes are stored as given; only a lone surrogate in a string becomes U+FFFD, with a warning. */
  write(path: string, content: string | Uint8Array): Promise<Outcome<Written>>
  remove(path: string): Promise<Outcome<FileChange>>
  /** Moves a file; `to` must not exist. A change of case alone is a rename like any other. */
  rename(from: string, to: string): Promise<Outcome<FileChange>>
  /** Copies a file; `to` must not exist. */
  copy(from: string, to: string): Promise<Outcome<FileChange>>
  /** What differs from the committed tree now, with line counts. A file written back to what it was is not in it. */
  changes(): FileChange[]
  /** What the owner commits: paths that differ from the committed tree, with the content of new blobs. */
  staged(): readonly StagedFile[]
}

/** What is staged for a path: `from` is where the content came from when the file was renamed. */
type Stage = { entry: TreeEntry | null; content?: Uint8Array; from?: string; lines: LineCount }

/** Opens an empty draft on a committed tree. `blobs` must hold every blob of that tree. */
export const openDraft = (base: Tree, blobs: BlobStore): Draft => new StagedDraft(base, blobs)

class StagedDraft implements Draft {
  #base: Tree
  #blobs: BlobStore
  #stages = new Map<string, Stage>()
  #tree: Tree

  constructor(base: Tree, blobs: BlobStore) {
    this.#base = base
    this.#blobs = blobs
    this.#tree = base
  }

  tree(): Tree {
    return this.#tree
  }

  async read(input: string): Promise<Outcome<Uint8Array>> {
    const path = normalisePath(input)
    if (!path.ok) return path
    const content = await this.#content(path.value)
    return content ? ok(content) : noFile(path.value)
  }

  async readText(input: string): Promise<Outcome<string>> {
    const content = await this.read(input)
    if (!content.ok) return content
    const text = decodeText(content.value)
    return text === undefined ? fail('wrong_type', `${input} is a binary file: it has no text.`) : ok(text)
  }

  async write(input: string, given: string | Uint8Array): Promise<Outcome<Written>> {
    const path = this.#place(input, this.#tree)
    if (!path.ok) return path
    const { content, replaced } =
      typeof given === 'string' ? encodeText(given) : { content: Uint8Array.from(given), replaced: false }
    const text = decodeText(content)
    const room = this.#room(path.value, content.byteLength, text === undefined)
    if (!room.ok) return room
    const existed = this.#tree.has(path.value)
    const from = this.#stages.get(path.value)?.from
    const before = await this.#baseText(from ?? path.value)
    const stage: Stage = { entry: entryOf(content), content, lines: countLines(before, text) }
    this.#stage(path.value, from === undefined ? stage : { ...stage, from })
    const warnings = replaced ? ['Half of a surrogate pair stood alone in the text and was stored as U+FFFD.'] : []
    return ok({
      path: path.value,
      action: existed ? 'changed' : 'created',
      hash: entryOf(content).hash,
      ...stage.lines,
      warnings,
    })
  }

  async remove(input: string): Promise<Outcome<FileChange>> {
    const path = normalisePath(input)
    if (!path.ok) return path
    if (!this.#tree.has(path.value)) return noFile(path.value)
    const lines = countLines(await this.#baseText(path.value), undefined)
    this.#stage(path.value, { entry: null, lines })
    return ok({ path: path.value, action: 'deleted', ...lines })
  }

  async rename(fromInput: string, toInput: string): Promise<Outcome<FileChange>> {
    const from = normalisePath(fromInput)
    if (!from.ok) return from
    const entry = this.#tree.get(from.value)
    if (!entry) return noFile(from.value)
    const to = this.#target(toInput, applyStaged(this.#tree, [{ path: from.value, entry: null }]))
    if (!to.ok) return to
    const content = this.#stages.get(from.value)?.content
    const origin = this.#stages.get(from.value)?.from ?? from.value
    const lines = countLines(await this.#baseText(origin), await this.#text(from.value))
    const removed = countLines(await this.#baseText(from.value), undefined)
    this.#stage(from.value, { entry: null, lines: removed })
    this.#stage(to.value, { entry, ...(content && { content }), from: origin, lines })
    return ok({ path: to.value, action: 'renamed', from: from.value, hash: entry.hash, ...lines })
  }

  async copy(fromInput: string, toInput: string): Promise<Outcome<FileChange>> {
    const from = normalisePath(fromInput)
    if (!from.ok) return from
    const entry = this.#tree.get(from.value)
    if (!entry) return noFile(from.value)
    const to = this.#target(toInput, this.#tree)
    if (!to.ok) return to
    const room = this.#room(to.value, entry.bytes, true)
    if (!room.ok) return room
    const content = this.#stages.get(from.value)?.content
    const lines = countLines(await this.#baseText(to.value), await this.#text(from.value))
    this.#stage(to.value, { entry, ...(content && { content }), lines })
    return ok({ path: to.value, action: 'created', hash: entry.hash, ...lines })
  }

  changes(): FileChange[] {
    const differing = this.#differing()
    const isMoved = (from: string): boolean => this.#base.has(from) && !this.#tree.has(from)
    const moves = new Set(differing.flatMap(([, { from }]) => (from !== undefined && isMoved(from) ? [from] : [])))
    return differing.flatMap(([path, stage]): FileChange[] => {
      if (!stage.entry) return moves.has(path) ? [] : [{ path, action: 'deleted', ...stage.lines }]
      const hash = stage.entry.hash
      if (this.#base.has(path)) return [{ path, action: 'changed', hash, ...stage.lines }]
      const { from } = stage
      if (from !== undefined && moves.has(from)) return [{ path, action: 'renamed', from, hash, ...stage.lines }]
      return [{ path, action: 'created', hash, ...stage.lines }]
    })
  }

  staged(): readonly StagedFile[] {
    return this.#differing().map(([path, { entry, content }]) => ({ path, entry, ...(content && { content }) }))
  }

  /** Staged paths that are not as the committed tree has them, in the order of paths. */
  #differing(): [string, Stage][] {
    return [...this.#stages]
      .filter(([path, { entry }]) => this.#base.get(path)?.hash !== entry?.hash)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
  }

  #stage(path: string, stage: Stage): void {
    this.#stages.set(path, stage)
    this.#tree = applyStaged(this.#tree, [{ path, entry: stage.entry }])
  }

  #place(input: string, tree: Tree): Outcome<string> {
    const path = normalisePath(input)
    return path.ok ? checkPlace(path.value, tree) : path
  }

  #target(input: string, tree: Tree): Outcome<string> {
    const path = this.#place(input, tree)
    if (path.ok && tree.has(path.value)) return fail('conflict', `${path.value} exists already.`)
    return path
  }

  /** Whether a file of this size fits: its own limit, the number of files, the size of the tree. */
  #room(path: string, bytes: number, isBinary: boolean): Outcome<undefined> {
    const most = isBinary ? limits.binaryFileBytes : limits.fileBytes
    const sized = (n: number): string => `${n.toLocaleString('en-US')} bytes`
    if (bytes > most) return fail('too_large', `${path} has ${sized(bytes)}; a file has at most ${sized(most)}.`)
    if (!this.#tree.has(path) && this.#tree.size >= limits.treeFiles) {
      return fail('too_large', `The app has ${this.#tree.size} files, which is the most it can have.`)
    }
    const total = treeBytes(this.#tree) - (this.#tree.get(path)?.bytes ?? 0) + bytes
    if (total <= limits.treeBytes) return ok(undefined)
    return fail(
      'too_large',
      `With ${path} the app would have ${sized(total)}; it has at most ${sized(limits.treeBytes)}.`,
    )
  }

  async #content(path: string): Promise<Uint8Array | undefined> {
    const entry = this.#tree.get(path)
    if (!entry) return undefined
    return this.#stages.get(path)?.content ?? this.#blobs.read(entry.hash)
  }

  async #text(path: string): Promise<string | undefined> {
    const content = await this.#content(path)
    return content && decodeText(content)
  }

  /** The committed text of a path; undefined when there is none. */
  async #baseText(path: string): Promise<string | undefined> {
    const entry = this.#base.get(path)
    return entry && decodeText(await this.#blobs.read(entry.hash))
  }
}

const noFile = (path: string): Outcome<never> => fail('not_found', `There is no file ${path}.`)
