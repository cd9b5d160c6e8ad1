import { join } from 'node:path'
import { inspect } from 'node:util'
import manifest from '../package.json' with { type: 'json' }
import { readConfig, type Config } from './config.ts'
import { killPostmasterNow } from './database/postgres-process.ts'
import { claimDataDir } from './life/data-dir-owner.ts'
import { endOnSignals } from './life/end-on-signals.ts'
import { openLogFile } from './life/log-file.ts'
import { terminalSink } from './life/log-terminal.ts'
import { runServer } from './life/run-server.ts'
import { StartRefused } from './life/start-refused.ts'
import { createLog, redactor } from './log.ts'

/** The program: one process, started by `bin/start`, ended by a signal. */

const stopLimitMs = 4_900
const say = (text: string): void => void process.stdout.write(`${text}\n`)

async function main(): Promise<void> {
  const given = readConfig(process.env, process.cwd())
  const owned = await claimDataDir(given.dataDir, given.port, manifest.version)
  const config = { ...given, dataDir: owned.path }
  const redact = redactor(config.secrets)
  const file = openLogFile(join(config.dataDir, 'logs', 'server.log'), redact)
  const log = createLog(config.logLevel, [file.write, terminalSink(process.stdout, redact)])
  const leave = async (): Promise<void> => {
    await owned.release()
    await file.close()
  }
  const starting = runServer(config, log, manifest.version)
  const stop = async (): Promise<void> => {
    const server = await starting.catch(() => undefined)
    await server?.stop()
    await leave()
  }
  const force = (): void => killPostmasterNow(join(config.dataDir, 'postgres'))
  const end = endOnSignals({ stop, force, say, limitMs: stopLimitMs })
  const broken = (error: unknown): void => {
    log.error('A mistake of ours ends the program', { error })
    end(1)
  }
  process.on('uncaughtException', broken)
  await starting.catch(async (error: unknown) => {
    await leave()
    throw error
  })
  greet(config)
}

function greet(config: Config): void {
  const { anthropic, openai, openrouter } = config.providers
  const model = config.model ?? (anthropic?.apiKey || openai || openrouter ? 'connected' : 'sample')
  say('')
  say(`  OverSkill is ready: ${config.publicUrl}`)
  say('')
  say(`  Everything that lasts is in ${config.dataDir}`)
  if (model === 'sample')
    say('  The sample builder answers (no AI). Set ANTHROPIC_API_KEY, or OPENAI_BASE_URL, to build with a model.')
  say('  Press Ctrl-C to stop.')
  say('')
}

try {
  await main()
} catch (error) {
  // One line for what a person can change; everything for what we must.
  process.stderr.write(error instanceof StartRefused ? `${error.message}\n` : `${inspect(error)}\n`)
  process.exit(1)
}
