export type { AppNames } from './app-names.ts'
export type { PointerKey } from './deployment-pointers.ts'
export {
  createEdgePreviewService,
  type DeploymentPointer,
  type EdgeOptions,
  type EdgePreviewService,
  type FencedKey,
} from './edge-preview-service.ts'
export type { EnvironmentValues } from './site.ts'
export type { SweepResult } from './sweep.ts'
