import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Door } from './who-may-call.ts'
import type { LiveHost } from '../previews/live-host.ts'
import { refuseSocket } from './refuse-socket.ts'

/** Connections that ask to be more than HTTP: WebSockets. */
export type Upgrades = {
  take: (request: IncomingMessage, socket: Duplex, head: Buffer) => void
  /** Cuts those that were taken: nobody else ends them. */
  end(): void
}

/**
 * Only live pages take WebSockets; everything else is refused, at the same door as requests.
 *
 * @param live Undefined while the server starts.
 */
export function createUpgrades(
  openDoorOf: (request: IncomingMessage) => Door,
  live: () => LiveHost | undefined,
): Upgrades {
  const sockets = new Set<Duplex>()
  let isEnded = false
  return {
    take(request, socket, head) {
      socket.on('error', () => socket.destroy()) // who leaves early needs no answer
      sockets.add(socket)
      socket.once('close', () => sockets.delete(socket))
      const door = openDoorOf(request)
      if (door.kind === 'refused') return refuseSocket(socket, door.failure)
      if (isEnded) return refuseSocket(socket, { code: 'starting', detail: 'OverSkill is stopping.' })
      const host = live()
      if (!host) return refuseSocket(socket, { code: 'starting', detail: 'OverSkill is starting.' })
      if (door.kind !== 'app' || door.target.kind !== 'live')
        return refuseSocket(socket, { code: 'not_found', detail: 'There are no WebSockets here.' })
      host.upgrade(request, socket, head, door.target.key)
    },
    end() {
      isEnded = true
      for (const socket of sockets) socket.destroy()
    },
  }
}
