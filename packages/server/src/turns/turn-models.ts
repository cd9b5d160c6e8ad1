import type { Model } from '@overskill/agent'
import type { Check, ConnectionTest, ModelInfo, Outcome } from '@overskill/protocol'

/** The models that this server can talk to. */
export type TurnModels = {
  /** The full id of the default; `model_unavailable` when it is the first of a list that cannot be read now. */
  chosen(): Promise<Outcome<string>>
  /** The full id of what a person named; `invalid` when no such model can be used here. */
  resolve(id: string): Outcome<string>
  /** `model_unavailable` says what to set. `fetch`: what its requests go through; the global one by default. */
  open(id: string, through?: typeof fetch): Outcome<Model>
  /** The default first. Believed for a minute. */
  list(): Promise<ModelInfo[]>
  /** Tries what a turn needs, now. Two at once for one model are one. Never rejects. */
  test(id: string): Promise<ConnectionTest>
  check(): Promise<Check>
}
