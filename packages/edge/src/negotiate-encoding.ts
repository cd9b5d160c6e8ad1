import type { Encoding } from './content-encoding.ts'

/** Weight from 0 to 1 of each coding that an `Accept-Encoding` names, `*` included. */
type Weights = ReadonlyMap<string, number>

const remembered = new Map<string, Weights>()
const rememberedLimit = 500

/** Browsers send the same few lines for ever, so each is read once. */
function readWeights(header: string): Weights {
  const known = remembered.get(header)
  if (known) return known
  const weights = new Map<string, number>()
  for (const part of header.toLowerCase().split(',')) {
    const [coding = '', ...parameters] = part.split(';').map((piece) => piece.trim())
    const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2)
    const quality = weight === undefined ? 1 : Number(weight)
    if (coding) weights.set(coding === 'x-gzip' ? 'gzip' : coding, quality >= 0 && quality <= 1 ? quality : 0)
  }
  if (remembered.size >= rememberedLimit) remembered.clear()
  remembered.set(header, weights)
  return weights
}

const best: readonly Encoding[] = ['br', 'gzip', 'identity']

/**
 * The coding to answer in (RFC 9110 12.5.3): the heaviest one that is there, the smaller form where two weigh the same.
 * Without the header, the file as it is. Undefined where the client refuses every form there is, which is a 406.
 */
export function negotiateEncoding(
  header: string | undefined,
  isThere: (encoding: Encoding) => boolean,
): Encoding | undefined {
  if (header === undefined) return 'identity'
  const weights = readWeights(header)
  const rest = weights.get('*')
  let chosen: Encoding | undefined
  let chosenWeight = 0
  for (const encoding of best) {
    // Not named, `identity` is acceptable but wanted least; any other coding is not.
    const weight = weights.get(encoding) ?? rest ?? (encoding === 'identity' ? Number.MIN_VALUE : 0)
    if (weight > chosenWeight && isThere(encoding)) {
      chosen = encoding
      chosenWeight = weight
    }
  }
  return chosen
}
