import { z } from 'zod'
import type { FlatSheet, LinkedSheet, StyleToolchain } from './style-request.ts'
import { StyleAnswer } from './style-request.ts'

/** What an owner says to a style process; the first message is `open`. */
export type StyleOrder =
  | { kind: 'open'; toolchain: StyleToolchain }
  | {
      kind: 'compile'
      id: number
      sheet: FlatSheet | LinkedSheet
      /** The app's files in which classes may be, by path: a hash of each. */
      files: readonly (readonly [path: string, hash: string])[]
      /** Contents that this process was not sent before, by hash. */
      contents: ReadonlyMap<string, Uint8Array>
      /** Forget contents that were sent before this message. */
      forget: boolean
    }

/** What a style process says. It runs an app's code, so this is JSON and is parsed. */
export const StyleReply = z.object({ id: z.int(), answer: StyleAnswer })
export type StyleReply = z.infer<typeof StyleReply>
