export type * from './artifact.ts'
