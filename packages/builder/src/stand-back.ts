import { readdirSync } from 'node:fs'
import { constants, setPriority } from 'node:os'
import process from 'node:process'

/**
 * For the processes of builds and of live pages: from here on they get what processor time the server and the database leave.
 * Text that streams is watched; a build lasts a second or two and nobody sees it grow, and the builds at the end of a hundred
 * turns would otherwise take half of a small machine from it. Threads keep the priority of the one that starts them, so those
 * that are there before us are told too.
 */
export function standBack(): void {
  const threads = process.platform === 'linux' ? readdirSync('/proc/self/task').map(Number) : [process.pid]
  for (const thread of threads) {
    try {
      setPriority(thread, constants.priority.PRIORITY_BELOW_NORMAL)
    } catch {
      // It has ended meanwhile.
    }
  }
}
