import { z } from 'zod'
import { Id } from './ids.ts'
import { Slug } from './names.ts'
import { Environment, Mode } from './resources.ts'

/** Bodies of requests. Strict: an unknown field is refused with its name, never ignored. Lengths are UTF-16 units. */

export const limits = {
  promptLength: 100_000,
  nameLength: 80,
  descriptionLength: 500,
  fileBytes: 1_000_000, // one text file; also what a tool may write
  binaryFileBytes: 5_000_000, // one uploaded or edited binary file
  treeBytes: 50_000_000,
  treeFiles: 2_000,
  pathLength: 200,
  bodyBytes: 12_000_000,
  changes: 200,
  number: 2_147_483_647, // of a version or a step: what the database counts to
} as const

/** Text that the database can hold. */
const Text = z.string().regex(/^[^\0]*$/, 'Text has no NUL character.')

export const Prompt = Text.trim().min(1, 'Say what you want.').max(limits.promptLength)
export const AppName = Text.trim().min(1, 'A name has at least one character.').max(limits.nameLength)
export const ModelId = z.string().regex(/^[a-z0-9-]+(\/.{1,120})?$/, 'A model is named provider/model.')

export const TestModel = z.strictObject({ model: ModelId })

export const CreateApp = z.strictObject({
  prompt: Prompt.optional(),
  name: AppName.optional(),
  model: ModelId.optional(),
  mode: Mode.optional(),
})
export type CreateApp = z.infer<typeof CreateApp>

export const PatchApp = z.strictObject({
  name: AppName.optional(),
  slug: Slug.optional(),
  description: Text.max(limits.descriptionLength).optional(),
  model: ModelId.optional(),
})
export type PatchApp = z.infer<typeof PatchApp>

export const PostMessage = z.strictObject({ text: Prompt, mode: Mode.optional() })
export type PostMessage = z.infer<typeof PostMessage>

export const PatchMessage = z.strictObject({ text: Prompt })
export const PutQueue = z.strictObject({ messages: z.array(Id).max(100) })

export const FileEdit = z.strictObject({
  path: z.string().min(1).max(limits.pathLength),
  content: z.string().optional(),
  encoding: z.enum(['utf8', 'base64']).optional(),
  delete: z.boolean().optional(),
})
export type FileEdit = z.infer<typeof FileEdit>

export const PostFiles = z.strictObject({
  changes: z.array(FileEdit).min(1).max(limits.changes),
  note: Text.max(200).optional(),
})
export type PostFiles = z.infer<typeof PostFiles>

export const Deploy = z.strictObject({
  environment: Environment,
  version: z.int().positive().max(limits.number).optional(),
})
export type Deploy = z.infer<typeof Deploy>

/** `name`, or `name@range`. */
export const PackageRequest = z
  .string()
  .max(214)
  .regex(
    /^(?:@[a-z0-9~-][\w.~-]*\/)?[a-z0-9~-][\w.~-]*(?:@[\w.^~<>=|* +-]{1,80})?$/i,
    'A package is named name or name@version.',
  )

export const PostPackages = z.strictObject({
  add: z.array(PackageRequest).max(20).optional(),
  remove: z.array(PackageRequest).max(20).optional(),
  /** Takes versions that are younger than a day, which are refused otherwise. A person's decision, never a model's. */
  allowNew: z.boolean().optional(),
})
export type PostPackages = z.infer<typeof PostPackages>

const Usd = z
  .number()
  .min(0.01, 'A limit is at least one cent.')
  .max(1_000_000, 'A limit is at most a million dollars.')

/** What is not named stays; null takes a cap away. */
export const PutLimits = z.strictObject({
  turnUsd: Usd.nullable().optional(),
  turnTokens: z.int().min(1_000, 'A limit is at least 1,000 tokens.').max(1_000_000_000).nullable().optional(),
  monthUsd: Usd.nullable().optional(),
})
export type PutLimits = z.infer<typeof PutLimits>
