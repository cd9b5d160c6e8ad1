import type { Model } from '@overskill/agent'
import type { Check, ModelInfo, Outcome } from '@overskill/protocol'

/** The models that this server can talk to. */
export type TurnModels = {
  /** The default, and what `sample` alone means. */
  readonly defaultId: string
  /** The full id of what a person named; `invalid` when no such model can be used here. */
  resolve(id: string): Outcome<string>
  /** `model_unavailable` says what to set. `fetch`: what its requests go through; the global one by default. */
  open(id: string, through?: typeof fetch): Outcome<Model>
  list(): Promise<ModelInfo[]>
  check(): Promise<Check>
}
