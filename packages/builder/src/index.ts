export type * from './artifact.ts'
export { createDependencyStore, type DependencyStoreOptions } from './dependencies/create-dependency-store.ts'
export type { DependencyStore, ObtainOptions } from './dependencies/dependency-store.ts'
export { findMissingPackages, type MissingPackage } from './dependencies/find-missing-packages.ts'
export { describeSet } from './dependencies/set-record.ts'
export { toolchainReason } from './dependencies/toolchain-packages.ts'
export { wantsFiles } from './dependencies/wants.ts'
export { findDependencySet, starterStoreDir, starterWants, type DependencySet } from './dependency-set.ts'
export { createFastBuildService, type FastBuildLimits, type FastBuildOptions } from './fast-build-service.ts'
export { createLivePreviewService, type LiveLimits, type LivePreviewOptions } from './live/live-preview-service.ts'
export type * from './live-preview.ts'
export type { BuildLog } from './log.ts'
export { maskSecrets, maskUrl } from './page/mask-secrets.ts'
export { previewPageScript } from './page/preview-page-script.ts'
export { createScriptPlaces, type ScriptPlaces } from './script-places.ts'
export { openSandbox, type SandboxOptions } from './sandbox/open-sandbox.ts'
export type * from './sandbox/sandbox.ts'
export type { AskStyles, StyleAnswer, StyleFault, StyleWork } from './styles/style-request.ts'
export {
  createStyleService,
  type StyleLimits,
  type StyleOptions,
  type StyleRequest,
  type StyleService,
} from './styles/style-service.ts'
