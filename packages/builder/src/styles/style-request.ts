import { z } from 'zod'

/**
 * What is asked of a style process, and what it answers. Asked by the build engine and by live pages, carried by their owner. Both
 * ends of it are confined processes, so both sides are parsed.
 */

const MAX_SHEET_CHARS = 4_000_000
const MAX_CODE_CHARS = 4_000_000

const Text = z.string().max(MAX_SHEET_CHARS)
const AppPath = z.string().min(1).max(300)

/** A script of an app, bundled with the app's files that it imports, as CommonJS. `path` is where it lies in the app. */
export const StyleCode = z.object({ path: AppPath, code: z.string().max(MAX_CODE_CHARS) })
export type StyleCode = z.infer<typeof StyleCode>

/** A `@plugin` or `@config` of Tailwind 4: with the app's script, or a package when `script` is null. */
const StyleModule = z.object({
  specifier: z.string().max(300),
  fromId: z.string().max(500),
  script: StyleCode.nullable(),
})
export type StyleModule = z.infer<typeof StyleModule>

/** The code of an app that runs, and of which Tailwind: what a process is kept for. */
export const StyleToolchain = z.discriminatedUnion('major', [
  z.object({ major: z.literal(3), config: StyleCode.nullable() }),
  z.object({ major: z.literal(4), modules: z.array(StyleModule).max(50) }),
])
export type StyleToolchain = z.infer<typeof StyleToolchain>

/** A stylesheet for Tailwind 3, its imports put in. */
const FlatSheet = z.object({
  major: z.literal(3),
  text: Text,
  /** Whether nested rules are taken apart first, as `postcss-nested` does. */
  nesting: z.boolean(),
  /** Whether classes used in the app's files matter. */
  scans: z.boolean(),
})
export type FlatSheet = z.infer<typeof FlatSheet>

/** A stylesheet for Tailwind 4, with what its imports lead to. */
const LinkedSheet = z.object({
  major: z.literal(4),
  id: z.string().max(500),
  text: Text,
  imports: z
    .array(
      z.object({ specifier: z.string().max(300), fromId: z.string().max(500), id: z.string().max(500), text: Text }),
    )
    .max(500),
  candidates: z.array(z.string()).max(200_000),
})
export type LinkedSheet = z.infer<typeof LinkedSheet>

/** One stylesheet to compile, and the code of the app that is part of it. */
export const StyleWork = z.object({
  toolchain: StyleToolchain,
  sheet: z.discriminatedUnion('major', [FlatSheet, LinkedSheet]),
})
export type StyleWork = z.infer<typeof StyleWork>

/** What is wrong: with the stylesheet, or with a script of the app (`path`); lines and columns from 1, in what was sent. */
export const StyleFault = z.object({
  where: z.enum(['sheet', 'script', 'process']),
  path: AppPath.optional(),
  line: z.int().positive().optional(),
  column: z.int().positive().optional(),
  message: z.string().max(2_000),
  missing: z.string().max(300).optional(),
})
export type StyleFault = z.infer<typeof StyleFault>

export const StyleAnswer = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), css: z.string().max(20_000_000) }),
  z.object({ ok: z.literal(false), faults: z.array(StyleFault).min(1).max(20) }),
])
export type StyleAnswer = z.infer<typeof StyleAnswer>

/** Asks whoever owns this process for a compiled stylesheet. Never rejects. */
export type AskStyles = (work: StyleWork) => Promise<StyleAnswer>
