export { decodeText, encodeText, entryOf, hashBytes } from './blob.ts'
export { type Draft, openDraft, type Written } from './draft.ts'
export { countLines, type LineCount, splitLines } from './lines.ts'
export { checkPlace, foldersOf, foldPath, normalisePath } from './paths.ts'
export type { BlobStore, Tree, TreeEntry } from './store.ts'
export {
  applyStaged,
  diffTrees,
  type StagedFile,
  treeBytes,
  type TreeChange,
  treeFromEntries,
  treeHash,
} from './tree.ts'
