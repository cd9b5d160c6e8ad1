import { AsyncLocalStorage } from 'node:async_hooks'

/** What a log line may carry beside its message. Values are written as JSON; errors as message, stack and cause. */
export type LogFields = Record<string, unknown>

export type LogLevel = 'error' | 'warn' | 'info' | 'debug'

/** Where the program says what it does. Never throws, never waits; known secrets never reach it unredacted. */
export interface Log {
  error(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  info(message: string, fields?: LogFields): void
  debug(message: string, fields?: LogFields): void
  /** The same log, with these fields in each line. */
  child(fields: LogFields): Log
}

/** A line before it is written anywhere. */
export type LogLine = { at: string; level: LogLevel; message: string; fields: LogFields }

const severity: Record<LogLevel, number> = { error: 0, warn: 1, info: 2, debug: 3 }

const carried = new AsyncLocalStorage<LogFields>()

/** Runs `work` so that every line logged in it, and in what it starts, carries these fields: the request, the app, the turn. */
export const withLogFields = <T>(fields: LogFields, work: () => T): T =>
  carried.run({ ...carried.getStore(), ...fields }, work)

/** A log that hands each line at or above `level` to its sinks. */
export function createLog(level: LogLevel, sinks: readonly ((line: LogLine) => void)[], always: LogFields = {}): Log {
  const write = (at: LogLevel) => (message: string, fields?: LogFields) => {
    if (severity[at] > severity[level]) return
    const line = {
      at: new Date().toISOString(),
      level: at,
      message,
      fields: { ...always, ...carried.getStore(), ...fields },
    }
    for (const sink of sinks) sink(line)
  }
  return {
    error: write('error'),
    warn: write('warn'),
    info: write('info'),
    debug: write('debug'),
    child: (fields) => createLog(level, sinks, { ...always, ...fields }),
  }
}

/** A log that says nothing: for tests of parts that only pass it on. */
export const silentLog: Log = createLog('error', [])

/** Errors as plain data: JSON would make `{}` of them. */
export function plainFields(fields: LogFields): LogFields {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, plain(value, 0)]))
}

/** A failed query says its parameters: people's files and prompts, which are not for the log, and a megabyte at times. */
const withoutParameters = (text: string): string => text.replace(/\nparams: [^]*?(?=\n {4}at |$)/, '').slice(0, 8_000)

function plain(value: unknown, depth: number): unknown {
  if (value instanceof Error) {
    const cause = value.cause === undefined || depth > 3 ? {} : { cause: plain(value.cause, depth + 1) }
    return { message: withoutParameters(value.message), stack: withoutParameters(value.stack ?? ''), ...cause }
  }
  return typeof value === 'bigint' ? String(value) : value
}

/** Replaces every known secret by `[secret]`, in its plain and its JSON form. Short ones would hit innocent text and are left. */
export function redactor(secrets: readonly string[]): (text: string) => string {
  const hidden = secrets
    .filter((secret) => secret.length >= 6)
    .flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1)])
  return (text) => hidden.reduce((shown, secret) => shown.replaceAll(secret, '[secret]'), text)
}
