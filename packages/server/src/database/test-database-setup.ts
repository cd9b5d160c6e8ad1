import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { endPostmaster } from './postgres-process.ts'

/** Names the folder of the run's one server in the environment of the test processes. */
export const testPostgresVariable = 'OVERSKILL_TEST_POSTGRES'

/** Vitest's global set-up: names a folder for the run's one PostgreSQL; the first test that needs it starts it, the end of the run ends it. */
export async function setup(): Promise<() => Promise<void>> {
  const dataDir = await mkdtemp(join(tmpdir(), 'overskill-test-'))
  process.env[testPostgresVariable] = dataDir
  return async () => {
    await endPostmaster(join(dataDir, 'postgres'))
    await rm(dataDir, { recursive: true, force: true })
  }
}
