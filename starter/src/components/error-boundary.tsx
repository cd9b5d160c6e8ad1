import { Component, type ReactNode } from 'react'
import { Button } from '@/components/ui/button'

type Props = { children: ReactNode }
type State = { error: Error | null }

/** Shows a calm page instead of a blank one when something below throws while rendering. */
export class ErrorBoundary extends Component<Props, State> {
  override state: State = { error: null }

  static getDerivedStateFromError(error: unknown): State {
    return { error: error instanceof Error ? error : new Error(String(error)) }
  }

  override render() {
    const { error } = this.state
    if (!error) return this.props.children
    return (
      <main className="mx-auto flex min-h-svh max-w-lg flex-col items-start justify-center gap-4 p-6">
        <div role="alert" className="flex flex-col gap-4">
          <h1 className="text-2xl font-semibold tracking-tight">This page could not be shown</h1>
          <p className="text-muted-foreground">
            Something in the app failed. What is stored in it has not been changed. Try again, or reload the page.
          </p>
        </div>
        <pre className="max-h-40 w-full overflow-auto rounded-md bg-muted p-3 font-mono text-sm whitespace-pre-wrap">
          {error.message}
        </pre>
        <div className="flex flex-wrap gap-2">
          <Button onClick={() => this.setState({ error: null })}>Try again</Button>
          <Button variant="outline" onClick={() => window.location.reload()}>
            Reload the page
          </Button>
        </div>
      </main>
    )
  }
}
