import type { ContractProcedure, InferContractRouterOutputs, InferSchemaOutput } from '@orpc/contract'
import type { AppEvent, contract, Health, Outcome, Snapshot, Version } from '@overskill/protocol'
import type { Write } from '../events/event-log.ts'

type Contract = typeof contract
/** What a call gets: its input as the schema has parsed it. */
type Parsed<P> =
  P extends ContractProcedure<infer Input, infer _Output, infer _Errors, infer _Meta> ? InferSchemaOutput<Input> : never
type Inputs = { [Group in keyof Contract]: { [Call in keyof Contract[Group]]: Parsed<Contract[Group][Call]> } }
type Outputs = InferContractRouterOutputs<typeof contract>

/** Called in the transaction that does a call's work, with its answer: then a repeated request does not do it again. */
export type KeptAnswer = (write: Write, body: unknown) => Promise<void>

/** What every JSON call does: one function a call of the contract. Input is parsed already; a failure is a value. */
export type Calls = {
  [Group in keyof Inputs]: {
    [Call in keyof Inputs[Group]]: (
      input: Inputs[Group][Call],
      person: string,
      kept?: KeptAnswer,
    ) => Promise<Outcome<Call extends keyof Outputs[Group] ? Outputs[Group][Call] : never>>
  }
}

/** A file's raw content. `state` is the header `Overskill-State`: `draft` or `version n`. */
export type RawFile = { content: Uint8Array; hash: string; type: string; state: string }

/** The calls that carry raw bytes or streams. Paths arrive decoded and unchecked. */
export type RawCalls = {
  readFile(input: { app: string; path: string; version?: number }): Promise<Outcome<RawFile>>
  /** What the newest files are, or those of a version that is known to be there: the header `Overskill-State`. */
  stateOf(input: { app: string; version?: number }): Promise<Outcome<string>>
  /** `ifMatch`: the hash that the file must still have, else `precondition_failed`. */
  putFile(
    input: { app: string; path: string; content: Uint8Array; ifMatch?: string },
    person: string,
  ): Promise<Outcome<{ version: Version; hash: string }>>
  removeFile(
    input: { app: string; path: string; ifMatch?: string },
    person: string,
  ): Promise<Outcome<{ version: Version }>>
  exportZip(input: {
    app: string
    version?: number
  }): Promise<Outcome<{ name: string; content: Uint8Array; state: string }>>
  /** The page's beginning: everything up to `seq`. */
  snapshot(app: string): Promise<Outcome<Snapshot>>
  /** Events after `after`, then as they come, until `signal` aborts. `not_found` when there is no such app. */
  events(app: string, after: number, signal: AbortSignal): Promise<Outcome<AsyncIterable<AppEvent>>>
  /** The numbers that a stream may go on after without a gap, both included: the lowest is 0 while nothing was dropped. */
  numbers(app: string): Promise<Outcome<{ lowest: number; highest: number }>>
  health(): Promise<Health & { ready: boolean }> // ready false: 503
}

export type Services = { calls: Calls; raw: RawCalls }
