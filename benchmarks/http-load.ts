import { connect } from 'node:net'

/**
 * A load generator in a process of its own, so that its CPU is nobody's: `node http-load.ts <port> <host> <path> <accept-encoding>
 * <connections> <ms>`. Keep-alive, one request at a time on each connection. Prints how many answers came, all of them 200.
 */

const [port, host, path, acceptEncoding, connections, ms] = process.argv.slice(2)
const request = Buffer.from(
  `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nAccept: */*\r\nAccept-Encoding: ${acceptEncoding}\r\nUser-Agent: bench\r\n\r\n`,
)
const headEnd = Buffer.from('\r\n\r\n')
const counts = { answers: 0 }

/** Bytes of the head and the body that follow an answer's first packet; a local server sends the head in one piece. */
function answerBytes(packet: Buffer): number {
  const end = packet.indexOf(headEnd)
  const head = packet.toString('latin1', 0, Math.max(end, 0))
  if (end === -1 || !head.startsWith('HTTP/1.1 200')) throw new Error(`Not a whole 200: ${head.slice(0, 200)}`)
  return end + headEnd.byteLength + Number(/content-length: (\d+)/i.exec(head)?.[1])
}

/** Answers of one connection have one size: once known, bytes are counted and not looked at, in one buffer for all. */
function start(buffer: Buffer): void {
  let whole = 0
  let left = 0
  const socket = connect({
    port: Number(port),
    host: '127.0.0.1',
    noDelay: true,
    onread: {
      buffer,
      callback: (bytes, packet) => {
        whole ||= answerBytes(Buffer.from(packet.buffer, packet.byteOffset, bytes))
        left = (left || whole) - bytes
        if (left > 0) return true
        counts.answers += 1
        socket.write(request)
        return true
      },
    },
  })
  socket.on('connect', () => socket.write(request))
}

const buffer = Buffer.alloc(256 * 1024)
for (let index = 0; index < Number(connections); index += 1) start(buffer)
setTimeout(() => {
  process.stdout.write(`${JSON.stringify(counts)}\n`)
  process.exit(0)
}, Number(ms))
