import { z } from 'zod'

/**
 * What a previewed page tells the studio about itself, by `postMessage`, and the studio tells the server. All of it is said
 * by the app's page, which may say anything: texts are data, cut here, and shown as text only.
 */

const cut = (most: number) => z.string().transform((text) => text.slice(0, most))

/** Where in a script: as the browser says it (an address of the page), or mapped (a path of the app). From 1. */
export const CodePlace = z.object({ file: cut(500), line: z.int().min(0), column: z.int().min(0) })
export type CodePlace = z.infer<typeof CodePlace>

const at = { at: z.number() } // ms since 1970, by the page's clock; orders nothing
const stack = { stack: z.array(CodePlace).max(50).optional() }

export const PreviewReport = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('console'),
    ...at,
    level: z.enum(['debug', 'log', 'info', 'warn', 'error']),
    text: cut(10_000),
    ...stack,
  }),
  z.object({ kind: z.literal('uncaught'), ...at, text: cut(10_000), ...stack }),
  z.object({
    kind: z.literal('request'),
    ...at,
    method: cut(20),
    url: cut(2_000),
    status: z.int().min(0), // 0: no answer came
    ms: z.number().min(0),
    body: cut(500).optional(), // of an answer that is a failure
  }),
  /** The page has nothing in it, some time after it was loaded. */
  z.object({ kind: z.literal('blank'), ...at }),
])
export type PreviewReport = z.infer<typeof PreviewReport>

/** What a page says to the studio that frames it. `ready`: it listens; `path`: where in the app one is; `touched`: a person typed in it. */
export const PreviewMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('overskill:ready') }),
  z.object({ type: z.literal('overskill:report'), report: PreviewReport }),
  z.object({ type: z.literal('overskill:path'), path: cut(2_000) }),
  z.object({ type: z.literal('overskill:touched') }),
])
export type PreviewMessage = z.infer<typeof PreviewMessage>

/** What the studio says to a page it frames: first of all `hello`, which tells the page whom to answer. */
export const StudioMessage = z.discriminatedUnion('type', [z.object({ type: z.literal('overskill:hello') })])
export type StudioMessage = z.infer<typeof StudioMessage>

/** Reports of one page, in order. `host`: which of the app's hosts it stands on. */
export const PostReports = z.strictObject({
  host: z.enum(['live', 'preview']),
  reports: z.array(PreviewReport).min(1).max(100),
})
export type PostReports = z.infer<typeof PostReports>
