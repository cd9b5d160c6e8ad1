import { fail, ok, type Outcome } from '@overskill/protocol'

/**
 * All bytes of a request's body, at most `limitBytes`. Of a larger one, as much again is read and dropped, because a client that
 * still writes does not read the answer.
 */
export async function readBody(request: Request, limitBytes: number): Promise<Outcome<Uint8Array<ArrayBuffer>>> {
  const tooLarge = fail('too_large', `The body may have at most ${limitBytes} bytes.`)
  if (Number(request.headers.get('content-length') ?? 0) > limitBytes * 2) return tooLarge
  if (!request.body) return ok(new Uint8Array())
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of request.body) {
    bytes += chunk.byteLength
    if (bytes > limitBytes * 2) return tooLarge
    if (bytes <= limitBytes) chunks.push(chunk)
  }
  if (bytes > limitBytes) return tooLarge
  return ok(new Uint8Array(Buffer.concat(chunks)))
}

/** The JSON object that a body holds; an empty body is an empty object. `taken` are names that the path gives already. */
export function readJsonObject(body: Uint8Array, taken: readonly string[]): Outcome<Record<string, unknown>> {
  if (body.byteLength === 0) return ok({})
  const value = parseJson(body)
  if (value === undefined)
    return fail('invalid', 'The body is not readable as JSON.', [{ path: '', message: 'Not JSON.' }])
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return fail('invalid', 'The body must be a JSON object.', [{ path: '', message: 'Not an object.' }])
  }
  const twice = taken.filter((name) => Object.hasOwn(value, name))
  if (twice.length > 0) {
    const errors = twice.map((name) => ({ path: name, message: 'Unknown field.' }))
    return fail('invalid', `The body has fields that this call does not take: ${twice.join(', ')}.`, errors)
  }
  return ok(value as Record<string, unknown>)
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch {
    return undefined
  }
}
