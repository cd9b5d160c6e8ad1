import { z } from 'zod'
import { Bytes, FileName, VendorSet } from '../messages.ts'

/**
 * What is asked of a process that bundles packages for live pages. `names`: the packages that apps with this set ask for;
 * `extras`: modules that pages asked for beyond those.
 */
export const LiveVendorRequest = z.object({
  key: z.string(),
  names: z.array(z.string().max(300)).max(1_000),
  extras: z.array(z.string().max(500)).max(2_000),
})
export type LiveVendorRequest = z.infer<typeof LiveVendorRequest>

export const LiveVendorReply = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('made'), set: VendorSet, contents: z.map(FileName, Bytes) }),
  z.object({ kind: z.literal('failed'), message: z.string() }),
])
export type LiveVendorReply = z.infer<typeof LiveVendorReply>
