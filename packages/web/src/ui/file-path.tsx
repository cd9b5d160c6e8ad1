/** A path: the folder muted, the file inked. Where there is no room the folder is cut, never the file's name. */
export function FilePath({ path }: { path: string }) {
  const slash = path.lastIndexOf('/') + 1
  return (
    <span className="flex min-w-0 font-mono text-12" title={path}>
      <span className="sr-only">{path}</span>
      <span aria-hidden className="min-w-0 truncate text-muted">
        {path.slice(0, slash)}
      </span>
      <span aria-hidden className="max-w-full shrink-0 truncate">
        {path.slice(slash)}
      </span>
    </span>
  )
}
