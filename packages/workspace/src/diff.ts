import type { FileChange, FileDiff } from '@overskill/protocol'
import { structuredPatch } from 'diff'
import { decodeText } from './blob.ts'
import { countLines } from './lines.ts'
import type { BlobStore, Tree } from './store.ts'
import { diffTrees, type TreeChange } from './tree.ts'

/** A patch longer than this is cut at a line, and says so in its last line. */
export const maxPatchLength = 100_000

/** Time and edit limits: a file rewritten whole would cost seconds to align line by line. */
const effort = { maxEditLength: 4_000, timeout: 500 }

/**
 * The hunks of a unified diff, without a file header: `@@ -1,3 +1,4 @@` and lines that begin with ` `, `+`, `-` or `\`. Empty when the
 * texts are the same.
 *
 * @param context Unchanged lines shown around a change.
 * @param maxLength Longest patch in UTF-16 units; the rest is left out, and a last line says how many lines that were.
 */
export function unifiedPatch(before: string, after: string, context = 3, maxLength = maxPatchLength): string {
  if (before === after) return ''
  const patch =
    structuredPatch('a', 'b', before, after, undefined, undefined, { context, ...effort }) ??
    replacedWhole(before, after)
  const lines = patch.hunks.flatMap((hunk) => [
    `@@ -${range(hunk.oldStart, hunk.oldLines)} +${range(hunk.newStart, hunk.newLines)} @@`,
    ...hunk.lines,
  ])
  return cutLines(lines, maxLength)
}

/** An empty range is named by the line before it, as every reader of unified diffs expects. */
const range = (start: number, lines: number): string => `${lines === 0 ? start - 1 : start},${lines}`

/** The patch of texts too different to align: all of the old goes, all of the new comes. */
function replacedWhole(before: string, after: string) {
  const remove = structuredPatch('a', 'b', before, '')
  const add = structuredPatch('a', 'b', '', after)
  const removed = remove.hunks[0]
  const added = add.hunks[0]
  if (!removed || !added) return added ? add : remove
  return { hunks: [{ ...removed, newStart: 1, newLines: added.newLines, lines: [...removed.lines, ...added.lines] }] }
}

function cutLines(lines: readonly string[], maxLength: number): string {
  let length = 0
  const fitting = lines.findIndex((line) => (length += line.length + 1) > maxLength)
  if (fitting < 0) return lines.join('\n')
  return [...lines.slice(0, fitting), `… ${lines.length - fitting} more lines`].join('\n')
}

type Sides = { before: Uint8Array | undefined; after: Uint8Array | undefined }

async function readSides(change: TreeChange, before: Tree, after: Tree, blobs: BlobStore): Promise<Sides> {
  const old = before.get(change.from ?? change.path)
  const now = change.action === 'deleted' ? undefined : after.get(change.path)
  return { before: old && (await blobs.read(old.hash)), after: now && (await blobs.read(now.hash)) }
}

const textOf = (content: Uint8Array | undefined): string | undefined => content && decodeText(content)

/** What leads from one tree to the other, with line counts (0 for binary files), in the order of paths. */
export async function listChanges(before: Tree, after: Tree, blobs: BlobStore): Promise<FileChange[]> {
  const changes: FileChange[] = []
  for (const change of diffTrees(before, after)) {
    const { path, action, from, entry } = change
    const sides = action === 'renamed' ? undefined : await readSides(change, before, after, blobs)
    const lines = sides ? countLines(textOf(sides.before), textOf(sides.after)) : { added: 0, removed: 0 }
    changes.push({
      path,
      action,
      ...(from !== undefined && { from }),
      ...(action !== 'deleted' && { hash: entry.hash }),
      ...lines,
    })
  }
  return changes
}

/** Each file that differs between two trees, with its patch. A renamed file is one that was deleted and one that was created. */
export async function diffVersions(before: Tree, after: Tree, blobs: BlobStore): Promise<FileDiff[]> {
  const diffs: FileDiff[] = []
  for (const path of [...new Set([...before.keys(), ...after.keys()])].toSorted((a, b) => (a < b ? -1 : 1))) {
    const [old, now] = [before.get(path), after.get(path)]
    if (old?.hash === now?.hash) continue
    const contents = [old && (await blobs.read(old.hash)), now && (await blobs.read(now.hash))]
    const [oldText, nowText] = contents.map(textOf)
    const action = old ? (now ? 'changed' : 'deleted') : 'created'
    const binary = contents.some((content) => content && decodeText(content) === undefined)
    diffs.push({
      path,
      action,
      ...(binary ? { added: 0, removed: 0 } : countLines(oldText, nowText)),
      binary,
      patch: binary ? '' : unifiedPatch(oldText ?? '', nowText ?? ''),
    })
  }
  return diffs
}
