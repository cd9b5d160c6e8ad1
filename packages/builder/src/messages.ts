import { BuildError } from '@overskill/protocol'
import { z } from 'zod'
import { StyleAnswer, StyleWork } from './styles/style-request.ts'

export const Bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array, 'Bytes were expected')

/** What owner and child say to each other. The child's side is parsed: an app's code may have got the better of it. */

export const BuildRequest = z.object({
  id: z.int(),
  files: z.map(z.string(), Bytes),
  /** The packages that the app may import; the folder lies among those that the child was given. */
  set: z.object({ key: z.string(), dir: z.string() }),
})
export type BuildRequest = z.infer<typeof BuildRequest>

/** The owner's answer to a child that asked for a stylesheet. */
export const StylesReply = z.object({ kind: z.literal('styles'), ask: z.int(), answer: StyleAnswer })
export type StylesReply = z.infer<typeof StylesReply>

/** A bundled file of packages, named by its content. */
export const FileName = z.string().regex(/^[0-9a-f]{20}\.js$/)

/** What a child is told when it starts. All paths are absolute. */
export const EngineOptions = z.object({
  dependenciesDirs: z.array(z.string()),
  starterSet: z.object({ key: z.string(), dir: z.string() }),
  vendorCacheDir: z.string(),
})

const Hash = z.string().regex(/^[0-9a-f]{64}$/)

/** Packages bundled for one set of used names: which file stands for a specifier, and what the files are. */
export const VendorSet = z.object({
  key: z.string().regex(/^[0-9a-f]{32}$/),
  entries: z.record(z.string(), FileName),
  files: z.record(FileName, z.object({ hash: Hash, bytes: z.int(), imports: z.array(FileName) })),
})
export type VendorSet = z.infer<typeof VendorSet>

const Path = z.string().regex(/^\/[^\0]{1,300}$/)

export const BuildReply = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ready') }),
  z.object({
    kind: z.literal('built'),
    id: z.int(),
    files: z.array(z.object({ path: Path, content: Bytes, immutable: z.boolean() })),
    vendor: VendorSet.nullable(),
    /** Contents by file name; there when this build made the set. */
    vendorContents: z.map(FileName, Bytes).nullable(),
    rssBytes: z.number(),
  }),
  /** Asks, while it builds, for a stylesheet that needs code of the app. */
  z.object({ kind: z.literal('ask'), ask: z.int(), work: StyleWork }),
  z.object({ kind: z.literal('failed'), id: z.int(), errors: z.array(BuildError), rssBytes: z.number() }),
  /** The engine itself failed: our mistake, told in words for the log. */
  z.object({ kind: z.literal('broken'), id: z.int(), detail: z.string(), rssBytes: z.number() }),
])
export type BuildReply = z.infer<typeof BuildReply>
