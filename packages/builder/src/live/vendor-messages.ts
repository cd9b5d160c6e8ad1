import { z } from 'zod'
import { MAX_WANT_CHARS, MAX_WANTS } from './live-messages.ts'
import { Bytes, FileName, VendorSet } from '../messages.ts'

/** Modules that are kept in mind for a set, beyond those that one page asks for. */
export const MAX_KEPT_EXTRAS = 1_000

/**
 * What is asked of a process that bundles packages for live pages. `names`: the packages that apps with this set ask for;
 * `extras`: modules that pages asked for beyond those.
 */
export const LiveVendorRequest = z.object({
  key: z.string(),
  names: z.array(z.string().max(300)).max(1_000),
  extras: z.array(z.string().max(MAX_WANT_CHARS)).max(MAX_WANTS + MAX_KEPT_EXTRAS),
})
export type LiveVendorRequest = z.infer<typeof LiveVendorRequest>

export const LiveVendorReply = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('made'), set: VendorSet, contents: z.map(FileName, Bytes) }),
  z.object({ kind: z.literal('failed'), message: z.string() }),
])
export type LiveVendorReply = z.infer<typeof LiveVendorReply>
