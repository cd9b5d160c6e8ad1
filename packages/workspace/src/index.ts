export { decodeText, entryOf } from './blob.ts'
export { diffVersions, listChanges, unifiedPatch } from './diff.ts'
export { type Draft, openDraft, type Written } from './draft.ts'
export { editText, type MatchStep, type TextEdit } from './edit-text.ts'
export { type Elision, findElision } from './elision.ts'
export { matchesGlob } from './glob.ts'
export { findImporters, findPackageImporters } from './imports.ts'
export { splitLines } from './lines.ts'
export { treeOf } from './memory-blobs.ts'
export type { Region } from './nearest-regions.ts'
export { checkPlace, foldersOf, foldPath, normalisePath } from './paths.ts'
export { type FileSource, searchFiles, type SearchHit, type SearchQuery, type SearchResult } from './search.ts'
export type { BlobStore, Tree, TreeEntry } from './store.ts'
export { isUnsafeToParse } from './parse-script.ts'
export { checkSyntax, type SyntaxProblem } from './syntax.ts'
export {
  applyStaged,
  diffTrees,
  type StagedFile,
  treeBytes,
  type TreeChange,
  treeFromEntries,
  treeHash,
} from './tree.ts'
