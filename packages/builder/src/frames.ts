import { deserialize, serialize } from 'node:v8'

/** Longest frame that is accepted, in bytes: a tree or an artifact with room to spare. */
const MAX_FRAME_BYTES = 512 * 1024 * 1024
const HEADER_BYTES = 4

/** A message as bytes: its length (4 bytes, big-endian), then the value in V8's structured form (maps and bytes stay). */
export const encodeFrame = (message: unknown): Buffer => frame(serialize(message))

/** A message as a frame of JSON: what a process says that runs an app's code. */
export const encodeJsonFrame = (message: unknown): Buffer => frame(Buffer.from(JSON.stringify(message)))

/** The reader of frames of JSON. */
export const readJson = (body: Buffer): unknown => JSON.parse(body.toString('utf8'))

function frame(body: Buffer): Buffer {
  const header = Buffer.alloc(HEADER_BYTES)
  header.writeUInt32BE(body.length)
  return Buffer.concat([header, body])
}

export type FrameOptions = { read?: (body: Buffer) => unknown; maxBytes?: number }

/**
 * Reads frames off a stream of bytes. Call the result with each piece as it comes; it throws for what is no frame.
 *
 * @param onMessage Gets each message, unchecked: parse it by a schema.
 */
export function readFrames(
  onMessage: (message: unknown) => void,
  { read = deserialize, maxBytes = MAX_FRAME_BYTES }: FrameOptions = {},
): (piece: Uint8Array) => void {
  let held: Uint8Array[] = []
  let heldBytes = 0
  let wantedBytes = HEADER_BYTES
  return (piece) => {
    held.push(piece)
    heldBytes += piece.length
    while (heldBytes >= wantedBytes) {
      const all = Buffer.concat(held, heldBytes)
      held = [all]
      const bodyBytes = all.readUInt32BE(0)
      if (bodyBytes > maxBytes) throw new Error('A frame is longer than is allowed')
      wantedBytes = HEADER_BYTES + bodyBytes
      if (all.length < wantedBytes) return
      const rest = all.subarray(wantedBytes)
      held = rest.length > 0 ? [rest] : []
      heldBytes = rest.length
      const body = all.subarray(HEADER_BYTES, wantedBytes)
      wantedBytes = HEADER_BYTES
      onMessage(read(body))
    }
  }
}
