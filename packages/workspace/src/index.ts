export type { BlobStore, Tree, TreeEntry } from './store.ts'
