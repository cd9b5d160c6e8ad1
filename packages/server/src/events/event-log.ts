import type { AppEvent, NewAppEvent } from '@overskill/protocol'
import type { Database } from '../database/database.ts'

/** One transaction: its statements and the events appended in it are stored together or not at all. */
export type Write = {
  sql: Parameters<Parameters<Database['transaction']>[0]>[0]
  /** Numbers and stores events of an app. Takes the stream's row lock, so call it last in a transaction. */
  append(app: string, events: readonly NewAppEvent[]): Promise<AppEvent[]>
}

/** The log of every app's events (AD4), and the only way to write anything that a page sees. */
export interface EventLog {
  /** Runs `work` in one transaction; after the commit, readers of the apps that it appended to are woken. */
  write<T>(work: (write: Write) => Promise<T>): Promise<T>
  /** Events after `after` in order, without a gap or a repeat; then waits for more until `signal` aborts. */
  read(app: string, after: number, signal: AbortSignal): AsyncIterable<AppEvent>
  /** All stored events after `after`, at most `limit`. */
  list(app: string, after: number, limit: number): Promise<AppEvent[]>
  close(): Promise<void>
}
