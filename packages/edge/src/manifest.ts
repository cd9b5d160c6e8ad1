import type { Artifact } from '@overskill/builder'
import { z } from 'zod'

const ContentHash = z.string().regex(/^[0-9a-f]{64}$/, 'A content hash is a sha-256 in hex')

/** Names a manifest's file on disk, so it may hold nothing that a path could be made of. */
const ArtifactHash = z.string().regex(/^[0-9a-z]{16,128}$/, 'An artifact hash is 16 to 128 characters of 0-9 and a-z')

/** A path that a browser can ask for: decoded, from the root, no empty, `.` or `..` segment, no backslash, no control character. */
const FilePath = z.string().regex(/^(?:\/(?!\.{1,2}(?:\/|$))[^/\\\p{Cc}]+)+$/u, 'Not a path of a file')

const StoredFile = z.object({
  path: FilePath,
  hash: ContentHash,
  bytes: z.int().min(0),
  type: z.string().regex(/^[\x21-\x7e][\x20-\x7e]{0,199}$/, 'Not a media type'),
  immutable: z.boolean(),
  /** Bytes of each coded form that lies beside the blob. */
  coded: z.object({ br: z.int().exactOptional(), gzip: z.int().exactOptional() }),
})

/** An artifact as the content store keeps it: the builder's manifest and what coded forms each file has. */
export const Manifest = z.object({ hash: ArtifactHash, bytes: z.int(), files: z.array(StoredFile) })
export type Manifest = z.infer<typeof Manifest>
export type StoredFile = z.infer<typeof StoredFile>

/** Checks what the builder handed over. Throws where it breaks its contract: nothing of it may reach the disk then. */
export function readArtifact(artifact: Artifact): Manifest {
  return Manifest.parse({ ...artifact, files: artifact.files.map((file) => ({ ...file, coded: {} })) })
}
