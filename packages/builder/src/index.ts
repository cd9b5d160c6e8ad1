export type * from './artifact.ts'
export { findDependencySet, type DependencySet } from './dependency-set.ts'
export { createFastBuildService, type FastBuildLimits, type FastBuildOptions } from './fast-build-service.ts'
export type { BuildLog } from './log.ts'
