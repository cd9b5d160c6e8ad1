/** Why the program cannot start, in one line for the person who started it. Caught in `main.ts` only: printed, exit 1. */
export class StartRefused extends Error {
  override name = 'StartRefused'
}
