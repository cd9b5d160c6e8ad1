import { deserialize, serialize } from 'node:v8'

/** Longest frame that is accepted, in bytes: a tree or an artifact with room to spare. */
const MAX_FRAME_BYTES = 512 * 1024 * 1024
const HEADER_BYTES = 4

/** A message as bytes: its length (4 bytes, big-endian), then the value in V8's structured form (maps and bytes stay). */
export function encodeFrame(message: unknown): Buffer {
  const body = serialize(message)
  const header = Buffer.alloc(HEADER_BYTES)
  header.writeUInt32BE(body.length)
  return Buffer.concat([header, body])
}

/**
 * Reads frames off a stream of bytes. Call the result with each piece as it comes.
 *
 * @param onMessage Gets each message, unchecked: parse it by a schema.
 */
export function readFrames(onMessage: (message: unknown) => void): (piece: Uint8Array) => void {
  let held: Uint8Array[] = []
  let heldBytes = 0
  return (piece) => {
    held.push(piece)
    heldBytes += piece.length
    while (heldBytes >= HEADER_BYTES) {
      const all = held.length === 1 && held[0] ? Buffer.from(held[0]) : Buffer.concat(held, heldBytes)
      const bodyBytes = all.readUInt32BE(0)
      if (bodyBytes > MAX_FRAME_BYTES) throw new Error('A frame is longer than is allowed')
      held = [all]
      if (all.length < HEADER_BYTES + bodyBytes) return
      onMessage(deserialize(all.subarray(HEADER_BYTES, HEADER_BYTES + bodyBytes)))
      const rest = all.subarray(HEADER_BYTES + bodyBytes)
      held = rest.length > 0 ? [rest] : []
      heldBytes = rest.length
    }
  }
}
