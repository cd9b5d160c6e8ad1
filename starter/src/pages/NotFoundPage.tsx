import { ArrowLeft } from 'lucide-react'
import { Link, useLocation } from 'react-router'
import { Button } from '@/components/ui/button'

export function NotFoundPage() {
  const { pathname } = useLocation()
  return (
    <main className="mx-auto flex min-h-svh max-w-xl flex-col items-start justify-center gap-4 px-6 pb-24">
      <title>Page not found</title>
      <p className="font-mono text-sm break-all text-muted-foreground">{pathname}</p>
      <h1 className="text-3xl font-semibold tracking-tight">There is no page here</h1>
      <p className="text-muted-foreground">The address may be mistyped, or the page has moved.</p>
      <Button asChild variant="outline">
        <Link to="/">
          <ArrowLeft aria-hidden="true" />
          Back to the start
        </Link>
      </Button>
    </main>
  )
}
