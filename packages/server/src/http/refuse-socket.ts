import type { Duplex } from 'node:stream'
import type { Failure } from '@overskill/protocol'
import { problemOf, problemType } from './problem.ts'

/** Answers an upgrade that is not taken, and ends its connection. */
export function refuseSocket(socket: Duplex, failure: Failure): void {
  const problem = problemOf(failure)
  const body = JSON.stringify(problem)
  socket.on('error', () => {}) // who leaves early needs no answer
  socket.end(
    `HTTP/1.1 ${problem.status} Refused\r\ncontent-type: ${problemType}\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  )
}
