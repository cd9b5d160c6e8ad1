import { useInfiniteQuery } from '@tanstack/react-query'
import { Search } from 'lucide-react'
import { useEffect, useState } from 'react'
import { appsQuery } from '../api/queries.ts'
import { Button } from '../ui/button.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import { words } from '../ui/strings.ts'
import { AppCard } from './app-card.tsx'
import { EmptyApps } from './empty-apps.tsx'
import { homeWords } from './strings.ts'

const gridClass = 'mt-3 grid grid-cols-2 gap-3 sm:grid-cols-[repeat(auto-fill,minmax(13rem,1fr))] sm:gap-4'
/** Fewer apps than this are found by looking. */
const searchFrom = 6

/** The person's apps, newest change first as the server gives them. */
export function AppGrid() {
  const apps = useInfiniteQuery(appsQuery)
  const [text, setText] = useState('')
  const { hasNextPage, isFetching, fetchNextPage } = apps
  // The search is among what is loaded, so searching loads the rest.
  useEffect(() => {
    if (text && hasNextPage && !isFetching) void fetchNextPage()
  }, [text, hasNextPage, isFetching, fetchNextPage])

  if (apps.isPending) return <GridSkeleton />
  if (apps.isError && !apps.data) {
    return (
      <ProblemNote error={apps.error} className="mt-12">
        <Button onClick={() => void apps.refetch()}>{words.retry}</Button>
      </ProblemNote>
    )
  }
  const all = apps.data.pages.flatMap((page) => page.items)
  if (all.length === 0) return <EmptyApps />
  const wanted = text.trim().toLocaleLowerCase()
  const shown = wanted ? all.filter((app) => `${app.name} ${app.slug}`.toLocaleLowerCase().includes(wanted)) : all
  return (
    <section className="mt-12" aria-labelledby="apps-title">
      <header className="flex h-8 items-center gap-4">
        <h2 id="apps-title" className="text-16 font-medium">
          {homeWords.apps}
        </h2>
        {(all.length >= searchFrom || text) && <SearchField text={text} onChange={setText} />}
      </header>
      <ul className={gridClass}>
        {shown.map((app) => (
          <AppCard key={app.id} app={app} />
        ))}
      </ul>
      <p role="status" className="mt-3 text-13 text-muted empty:hidden">
        {shown.length === 0 && !isFetching ? homeWords.noMatch(text) : ''}
      </p>
      {hasNextPage && !wanted && (
        <Button className="mt-4" disabled={isFetching} onClick={() => void fetchNextPage()}>
          {words.more}
        </Button>
      )}
    </section>
  )
}

const SearchField = ({ text, onChange }: { text: string; onChange: (text: string) => void }) => (
  <label className="relative ml-auto block w-56 max-w-full">
    <Search aria-hidden className="absolute top-2 left-2.5 size-4 text-muted" strokeWidth={1.5} />
    <input
      type="search"
      aria-label={homeWords.search}
      placeholder={homeWords.search}
      value={text}
      onChange={(event) => onChange(event.target.value)}
      className="h-8 w-full rounded-control border border-hairline bg-panel pr-2 pl-8 text-13"
    />
  </label>
)

const GridSkeleton = () => (
  <div className="mt-12" aria-busy aria-label={words.loading} role="status">
    <div className="h-8" />
    <ul className={gridClass} aria-hidden>
      {[0, 1, 2, 3].map((place) => (
        <li key={place} className="animate-late rounded-panel border border-hairline bg-panel">
          <div className="aspect-16/10 rounded-t-panel bg-sunken" />
          <div className="h-14" />
        </li>
      ))}
    </ul>
  </div>
)
