import { CircleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { problemOf } from '../api/problem.ts'
import { classes } from './classes.ts'

type ProblemNoteProps = { error: unknown; children?: ReactNode; className?: string }

/** What went wrong with a call, in the server's words, and the next step as a button. */
export function ProblemNote({ error, children, className }: ProblemNoteProps) {
  const { detail, errors } = problemOf(error)
  return (
    <div role="alert" className={classes('flex items-start gap-2 rounded-control bg-danger-wash px-3 py-2', className)}>
      <CircleAlert className="mt-0.5 size-4 shrink-0 text-danger" strokeWidth={1.5} />
      <div className="min-w-0 flex-1 text-13">
        <p className="wrap-anywhere">{detail}</p>
        {errors.length > 0 && (
          <ul className="mt-1 text-muted">
            {errors.map((field) => (
              <li key={`${field.path} ${field.message}`}>
                {field.path && <code className="mr-1 text-12">{field.path}</code>}
                {field.message}
              </li>
            ))}
          </ul>
        )}
        {children && <div className="mt-2 flex flex-wrap gap-2">{children}</div>}
      </div>
    </div>
  )
}
