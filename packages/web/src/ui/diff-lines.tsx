import { classes } from './classes.ts'

const wash: Record<string, string> = { '+': 'bg-added-wash', '-': 'bg-removed-wash', '@': 'text-muted' }

/** Lines of a unified diff without its header. Each line says by its sign what it is, not only by its colour. */
export const DiffLines = ({ patch }: { patch: string }) => (
  <pre tabIndex={0} dir="ltr" className="relative overflow-x-auto py-1 text-12 leading-5">
    <code className="block w-fit min-w-full">
      {patch
        .replace(/\n$/, '')
        .split('\n')
        .map((line, index) => (
          // A diff never changes, so a line's place is its identity.
          <span key={index} className={classes('block px-3 whitespace-pre', wash[line.charAt(0)])}>
            {line || ' '}
          </span>
        ))}
    </code>
  </pre>
)
