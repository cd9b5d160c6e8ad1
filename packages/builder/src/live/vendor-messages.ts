import { z } from 'zod'
import { Bytes, FileName, VendorSet } from '../messages.ts'

/** What is asked of a process that bundles packages for live pages: modules beyond those that every page of a set has. */
export const LiveVendorRequest = z.object({ key: z.string(), extras: z.array(z.string().max(300)).max(2_000) })
export type LiveVendorRequest = z.infer<typeof LiveVendorRequest>

export const LiveVendorReply = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('made'), set: VendorSet, contents: z.map(FileName, Bytes) }),
  z.object({ kind: z.literal('failed'), message: z.string() }),
])
export type LiveVendorReply = z.infer<typeof LiveVendorReply>
