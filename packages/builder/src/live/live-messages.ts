import { CodePlace, LiveState } from '@overskill/protocol'
import { z } from 'zod'
import { Bytes, VendorSet } from '../messages.ts'
import { StyleWork } from '../styles/style-request.ts'

/** What the owner of live pages and a process that holds them say to each other. The process's side is parsed. */

/** Bundled packages of a set. `extras`: what was asked for beyond the names of its packages, found or not. */
export const LiveVendorSet = z.object({ set: VendorSet, extras: z.array(z.string()) })
export type LiveVendorSet = z.infer<typeof LiveVendorSet>

const app = { id: z.int(), app: z.string() }
const Path = z.string().min(1).max(500)

export const LiveRequest = z.discriminatedUnion('kind', [
  /** Opens an app, or gives an open one these files, values and packages in place of those that it has. */
  z.object({
    kind: z.literal('open'),
    ...app,
    files: z.map(Path, Bytes),
    env: z.record(z.string(), z.string()),
    dependencySetDir: z.string(),
    vendor: LiveVendorSet,
  }),
  z.object({
    kind: z.literal('change'),
    ...app,
    changes: z.array(z.object({ path: Path, content: Bytes.nullable() })),
  }),
  z.object({ kind: z.literal('vendor'), ...app, vendor: LiveVendorSet }),
  z.object({ kind: z.literal('locate'), ...app, places: z.array(CodePlace) }),
  z.object({ kind: z.literal('close'), ...app }),
])
export type LiveRequest = z.infer<typeof LiveRequest>

/** Most modules that a page can ask for, and the longest name of one. */
export const MAX_WANTS = 1_000
export const MAX_WANT_CHARS = 500

export const LiveReply = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ready') }),
  /**
   * How the page is. `wants`: modules of packages that are to be bundled before all of its files can be shown. `unsettled`:
   * something failed that is no fault of the files, so that another look at the same ones may end otherwise.
   */
  z.object({
    kind: z.literal('state'),
    id: z.int(),
    state: LiveState,
    wants: z.array(z.string().max(MAX_WANT_CHARS)).max(MAX_WANTS),
    unsettled: z.boolean(),
  }),
  z.object({ kind: z.literal('places'), id: z.int(), places: z.array(CodePlace.nullable()) }),
  z.object({ kind: z.literal('closed'), id: z.int() }),
  /** Asks for a stylesheet that needs code of the app; answered by a `StylesReply`. */
  z.object({ kind: z.literal('ask'), ask: z.int(), app: z.string(), work: StyleWork }),
  /** Our own mistake, in words for the log. */
  z.object({ kind: z.literal('failed'), id: z.int(), detail: z.string() }),
])
export type LiveReply = z.infer<typeof LiveReply>
