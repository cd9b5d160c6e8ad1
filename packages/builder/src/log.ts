/** Where this room says what it does: any logger with these three fits. */
export type BuildLog = {
  error(message: string, fields?: Record<string, unknown>): void
  warn(message: string, fields?: Record<string, unknown>): void
  info(message: string, fields?: Record<string, unknown>): void
}
