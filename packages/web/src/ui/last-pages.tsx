import type { ReactNode } from 'react'
import { Button, LinkButton } from './button.tsx'
import { words } from './strings.ts'

/** An address that is nobody's. */
export const NotFoundPage = ({
  title = words.notFoundTitle,
  text = words.notFoundText,
  children,
}: {
  title?: string
  text?: string
  /** What else one can do. */
  children?: ReactNode
}) => (
  <main className="mx-auto max-w-140 px-8 pt-[20vh]">
    <h1 className="text-20 font-medium">{title}</h1>
    <p className="mt-1 text-muted">{text}</p>
    <div className="mt-4 flex flex-wrap gap-2">
      <LinkButton href="/" size="large">
        {words.toHome}
      </LinkButton>
      {children}
    </div>
  </main>
)

/** An error of ours that nothing nearer to it could handle. */
export const CrashPage = ({ message }: { message: string }) => (
  <main className="mx-auto max-w-140 px-8 pt-[20vh]">
    <h1 className="text-20 font-medium">{words.crashedTitle}</h1>
    <p className="mt-1 text-muted">{words.crashedText}</p>
    <pre className="mt-4 relative overflow-x-auto rounded-control bg-sunken p-3 text-12 whitespace-pre-wrap">
      {message}
    </pre>
    <Button size="large" className="mt-4" onClick={() => location.reload()}>
      {words.reload}
    </Button>
  </main>
)
