import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { Artifact, ArtifactFile } from './artifact.ts'
import { ArtifactContents, type ContentSource } from './artifact-contents.ts'
import { contentTypeOf } from './content-types.ts'
import type { BuildReply } from './messages.ts'

const sha256 = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex')

/** The hash of an artifact: over its manifest, one line per file, sorted by path. */
export function hashManifest(files: readonly ArtifactFile[]): string {
  const lines = files.map((file) => [file.path, file.hash, file.bytes, file.type, file.immutable].join('\t'))
  return sha256(lines.toSorted().join('\n'))
}

/** Puts an artifact together: the app's own files, and the vendor files that it needs, which lie in the cache. */
export function assembleArtifact(
  built: Extract<BuildReply, { kind: 'built' }>,
  vendorCacheDir: string,
): { artifact: Artifact; contents: ArtifactContents } {
  const sources: [string, ContentSource][] = []
  const files: ArtifactFile[] = []
  for (const { path, content, immutable } of built.files) {
    const hash = sha256(content)
    files.push({ path, hash, bytes: content.length, type: contentTypeOf(path), immutable })
    sources.push([hash, content])
  }
  for (const [name, { hash, bytes }] of Object.entries(built.vendor?.files ?? {})) {
    files.push({ path: `/_v/${name}`, hash, bytes, type: contentTypeOf(name), immutable: true })
    sources.push([hash, { file: join(vendorCacheDir, name) }])
  }
  const sorted = files.toSorted((a, b) => (a.path < b.path ? -1 : 1))
  const bytes = sorted.reduce((sum, file) => sum + file.bytes, 0)
  return { artifact: { hash: hashManifest(sorted), files: sorted, bytes }, contents: new ArtifactContents(sources) }
}
