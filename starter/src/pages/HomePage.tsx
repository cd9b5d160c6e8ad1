import { ThemeToggle } from '@/components/theme-toggle'

/** What an app shows before it is anything. Replace it with the first real page. */
export function HomePage() {
  return (
    <div className="flex min-h-svh flex-col">
      <header className="flex justify-end p-4">
        <ThemeToggle />
      </header>
      <main className="mx-auto flex w-full max-w-xl flex-1 flex-col justify-center gap-4 px-6 pb-32">
        <div aria-hidden="true" className="mb-4 grid w-28 gap-2">
          <span className="h-2 w-full rounded-full bg-primary" />
          <span className="h-2 w-3/4 rounded-full bg-border" />
          <span className="h-2 w-1/2 rounded-full bg-border" />
        </div>
        <h1 className="text-3xl font-semibold tracking-tight sm:text-4xl">This app is empty.</h1>
        <p className="text-lg text-muted-foreground">
          Describe what it should be, and it is built here while you watch.
        </p>
      </main>
    </div>
  )
}
