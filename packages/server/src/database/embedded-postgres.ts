import { mkdir, readFile, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import type { Log } from '../log.ts'
import { StartRefused } from '../life/start-refused.ts'
import { createCluster } from './postgres-cluster.ts'
import { openPostgresBinaries } from './postgres-binaries.ts'
import { endPostmaster, launchPostgres, type Postmaster } from './postgres-process.ts'
import { choosePostgresUser, giveTo, makeReachable, type PostgresUser } from './postgres-user.ts'
import { dropSocketFolder, makeSocketFolder, socketFolder } from './socket-folder.ts'

/** The PostgreSQL major version whose binaries come with the program, and which alone opens a cluster. */
const major = '18'

export type EmbeddedPostgres = {
  /** How `pg` reaches it; `user` and `database` are the caller's choice. */
  host: string
  /** True where a server that a killed program left behind was taken over. */
  adopted: boolean
  /** Ends it within 5 s, whether started or adopted. A second call waits for the first. */
  stop: () => Promise<void>
}

export type EmbeddedPostgresOptions = {
  dataDir: string
  log: Log
  /** Only for tests: faster, loses data with the power. */
  unsafe?: boolean
  /** Only for tests: whether a user namespace may be tried (as root on Linux). */
  allowNamespace?: boolean
}

/**
 * Runs PostgreSQL 18 for one data dir (AD2): cluster in `<data>/postgres`, a private unix socket, no network, fsync on. Starts
 * it, or adopts the one that outlived a killed program; starts it again if it dies. Works as root, and in folders with
 * spaces, other alphabets and long paths.
 *
 * @throws StartRefused with one line when the data dir cannot be used.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  await mkdir(options.dataDir, { recursive: true, mode: 0o700 })
  const dataDir = await realpath(options.dataDir)
  const cluster = join(dataDir, 'postgres')
  const user = await choosePostgresUser(cluster, options.allowNamespace)
  await makeReachable(user, dataDir)
  const binaries = await openBinariesFor(user, dataDir)
  await openCluster({ cluster, binaries, user, ...(options.unsafe && { unsafe: true }) })
  const socket = socketFolder(dataDir)
  await makeSocketFolder(socket, user)
  const logFile = join(dataDir, 'logs', 'postgres.log')
  await mkdir(join(dataDir, 'logs'), { recursive: true, mode: 0o700 })
  const launch = () => launchPostgres({ binaries, cluster, socket, logFile, user, unsafe: options.unsafe ?? false })
  const running = supervise(await launch(), launch, options.log)
  // The last look: one that was just being started again is no longer, or not yet, the one that is watched.
  const stop = (): Promise<void> =>
    running
      .stop()
      .then(() => endPostmaster(cluster))
      .then(() => dropSocketFolder(socket))
  let stopped: Promise<void> | undefined
  return { host: socket, adopted: running.adopted, stop: () => (stopped ??= stop()) }
}

/** A dropped user cannot read below a closed folder, so he gets a copy in the data dir. */
async function openBinariesFor(user: PostgresUser, dataDir: string): Promise<string> {
  const binaries = await openPostgresBinaries({ cacheDir: join(dataDir, 'pg-bin'), copy: user.kind === 'dropped' })
  return binaries
}

/** Makes the cluster, or checks that this program can open the one that is there. */
async function openCluster(options: { cluster: string; binaries: string; user: PostgresUser; unsafe?: boolean }) {
  const found = (await readFile(join(options.cluster, 'PG_VERSION'), 'utf8').catch(() => '')).trim()
  if (!found) await createCluster(options)
  else if (found !== major) {
    const age = Number(found) > Number(major) ? 'a newer' : 'an older'
    throw new StartRefused(
      `${options.cluster} was made by PostgreSQL ${found}; this is ${age === 'a newer' ? 'an older' : 'a newer'} OverSkill with PostgreSQL ${major}. Use the OverSkill that made it, or another OVERSKILL_DATA_DIR.`,
    )
  }
  if (found && options.user.kind === 'dropped') await giveTo(options.user, options.cluster)
}

/** Growing while it does not last: a full disk may keep it from starting for an hour, and is over at some time. */
const restartDelaysMs = [100, 500, 2_000]
const lastingMs = 5_000

/** Watches the process and starts it again whenever it ends by itself. */
function supervise(first: Postmaster, launch: () => Promise<Postmaster>, log: Log): Omit<EmbeddedPostgres, 'host'> {
  let current = first
  let stopping: Promise<void> | undefined
  let attempts = 0
  const watch = (postmaster: Postmaster): void => {
    const lasting = setTimeout(() => (attempts = 0), lastingMs).unref()
    void postmaster.ended.then(() => {
      clearTimeout(lasting)
      if (stopping) return
      log.error('The database ended by itself and is started again')
      restart()
    })
  }
  const restart = (): void => {
    const start = (): void => {
      if (stopping) return
      launch().then(
        (postmaster) => {
          current = postmaster
          if (stopping) void postmaster.stop()
          else watch(postmaster)
        },
        (error: unknown) => {
          log.error('The database did not start and is tried again', { error })
          restart()
        },
      )
    }
    setTimeout(start, restartDelaysMs[Math.min(attempts++, restartDelaysMs.length - 1)]).unref()
  }
  watch(first)
  return { adopted: first.adopted, stop: () => (stopping ??= current.stop()) }
}
