/**
 * Whether an error says that the database is away, starts, ends or has no room, which nobody here can help: whatever was asked
 * may be stored later. By SQLSTATE (class 08 connection, 53 resources, 57P shut down; PostgreSQL appendix A), by the socket's error,
 * or by the words of `pg`, whose own errors carry no code.
 */
export function isStoreAway(error: unknown): boolean {
  for (let one = error, depth = 0; one instanceof Error && depth < 5; one = one.cause, depth += 1) {
    const { code, syscall } = one as NodeJS.ErrnoException
    if (code === undefined ? lostWords.test(one.message) : awayStates.test(code) || isOfSocket(code, syscall))
      return true
  }
  return false
}

const awayStates = /^(08...|53...|57P..)$/

const lostWords =
  /^(Connection terminated|Query read timeout|timeout exceeded when trying to connect|timeout expired|Client (has encountered a connection error|was closed) and is not queryable)/

/** `ENOENT` is of a socket only where it was connected to: a file may be missing too. */
const isOfSocket = (code: string, syscall: string | undefined): boolean =>
  socketCodes.has(code) || (code === 'ENOENT' && syscall === 'connect')

const socketCodes = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'ENETDOWN'],
  ...['ENOTFOUND', 'EAI_AGAIN'],
])
