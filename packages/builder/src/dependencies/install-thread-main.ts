import { parentPort, workerData } from 'node:worker_threads'
import { must } from '@overskill/protocol'
import { openSandbox } from '../sandbox/open-sandbox.ts'
import { createInstaller } from './installer.ts'
import type { FromThread, InstallThreadOptions, ToThread } from './install-messages.ts'
import { openRegistry } from './registry.ts'

/** The thread in which packages are installed: large answers are read and thousands of files made there, away from the server's own. */
const options = workerData as InstallThreadOptions
const port = must(parentPort, 'The port of a thread')
const installer = createInstaller({
  ...options,
  sandbox: openSandbox(options.sandbox),
  registry: openRegistry(options.registry, options.registryLimits),
})
const running = new Map<number, AbortController>()
const say = (message: FromThread): void => port.postMessage(message)

async function run(message: Exclude<ToThread, { kind: 'stop' }>): Promise<void> {
  const { id } = message
  const stop = new AbortController()
  running.set(id, stop)
  try {
    const outcome =
      message.kind === 'resolve'
        ? await installer.resolve(message.requests, message.allowNew, stop.signal)
        : await installer.install(message.job, {
            ...{ signal: stop.signal, limitMs: message.limitMs },
            onProgress: (progress) => say({ id, kind: 'progress', progress }),
          })
    say({ id, kind: 'ended', outcome })
  } catch (error) {
    say({ id, kind: 'broken', detail: error instanceof Error ? (error.stack ?? error.message) : String(error) })
  } finally {
    running.delete(id)
  }
}

port.on('message', (message: ToThread) => {
  if (message.kind === 'stop') running.get(message.id)?.abort()
  else void run(message)
})
