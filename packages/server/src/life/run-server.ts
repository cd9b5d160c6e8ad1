import { fileURLToPath } from 'node:url'
import { createControlPlane } from '../control-plane.ts'
import type { Config } from '../config.ts'
import { openDatabase } from '../database/open-database.ts'
import { createHttpServer } from '../http/http-server.ts'
import { dropOldKeys } from '../http/idempotency.ts'
import type { Log } from '../log.ts'

const studioFolder = fileURLToPath(new URL('../../../web/dist', import.meta.url))
const hourMs = 60 * 60 * 1_000
const drainMs = 1_500

export type RunningServer = {
  /** Stops in reverse order of the start; a part that fails to does not keep the others. Never rejects. */
  stop(): Promise<void>
}

/**
 * Starts the whole product: the port first (so that one taken is said at once, and early callers hear "starting"), then the
 * database, then the control plane.
 *
 * @throws StartRefused, with everything stopped again.
 */
export async function runServer(config: Config, log: Log, version: string): Promise<RunningServer> {
  const steps: { name: string; stop: () => Promise<void> }[] = []
  const stop = async (): Promise<void> => {
    for (const step of steps.splice(0).reverse()) {
      await step.stop().catch((error: unknown) => log.error(`${step.name} did not stop cleanly`, { error }))
    }
  }
  try {
    const http = createHttpServer({ config, log, version, studioFolder })
    await http.listen()
    steps.push({ name: 'HTTP', stop: () => http.drain(drainMs) })
    const { dataDir, databaseUrl } = config
    const database = await openDatabase({ dataDir, ...(databaseUrl !== undefined && { databaseUrl }) }, log)
    steps.push({ name: 'The database', stop: database.close })
    const controlPlane = await createControlPlane({ config, db: database.db, log, version })
    steps.push({ name: 'The control plane', stop: () => controlPlane.close() })
    steps.push({ name: 'HTTP', stop: () => http.drain(drainMs) }) // first of all: nothing new comes in
    const sweep = setInterval(() => {
      dropOldKeys(database.db).catch((error: unknown) => log.warn('Old keys could not be dropped', { error }))
    }, hourMs)
    steps.push({ name: 'Sweeping', stop: async () => clearInterval(sweep) })
    const { services, edge, live } = controlPlane
    http.open({ services, database: database.db, edgeHandle: (...call) => edge.handle(...call), live })
    return { stop }
  } catch (error) {
    await stop()
    throw error
  }
}
