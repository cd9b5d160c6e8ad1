/** What a log line may carry beside its message. Values are written as JSON; errors as message, stack and cause. */
export type LogFields = Record<string, unknown>

/** Where the program says what it does. Never throws, never waits; known secrets never reach it unredacted. */
export interface Log {
  error(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  info(message: string, fields?: LogFields): void
  debug(message: string, fields?: LogFields): void
  /** The same log, with these fields in each line. */
  child(fields: LogFields): Log
}

/** A log that says nothing: for tests of parts that only pass it on. */
export const silentLog: Log = { error() {}, warn() {}, info() {}, debug() {}, child: () => silentLog }
