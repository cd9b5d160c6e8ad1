import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { versionsQuery } from '../api/queries.ts'
import { useApp, useDeployments } from '../editor/app-context.tsx'
import { Button } from '../ui/button.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import { Spinner } from '../ui/spinner.tsx'
import { words } from '../ui/strings.ts'
import { DeploymentList } from './deployment-list.tsx'
import { historyWords } from './strings.ts'
import { VersionRow } from './version-row.tsx'

const route = getRouteApi('/apps/$app')

/** Every version that ever was, newest first, and what was put on line when. */
export function HistoryTab() {
  const { compare } = route.useSearch()
  const navigate = route.useNavigate()
  const deployments = useDeployments()
  const setCompare = (version: number | undefined): void =>
    void navigate({ search: (before) => ({ ...before, compare: version }), replace: true })
  const standing = (environment: 'preview' | 'production'): number | undefined =>
    deployments.find((one) => one.environment === environment && one.status === 'live')?.version
  return (
    <div className="h-full relative overflow-y-auto px-4 py-4">
      <div className="mx-auto max-w-200">
        <h2 className="text-16 font-medium">{historyWords.versions}</h2>
        <Versions
          compare={compare}
          onCompare={setCompare}
          inPreview={standing('preview')}
          published={standing('production')}
        />
        <h2 className="mt-8 text-16 font-medium">{historyWords.deployments}</h2>
        <DeploymentList deployments={deployments} />
      </div>
    </div>
  )
}

type VersionsProps = {
  compare: number | undefined
  onCompare: (version: number | undefined) => void
  inPreview: number | undefined
  published: number | undefined
}

function Versions({ compare, onCompare, inPreview, published }: VersionsProps) {
  const app = useApp()
  const query = useInfiniteQuery(versionsQuery(app.id))
  if (query.isPending) return <Spinner className="mt-3 animate-late" />
  if (!query.data) {
    return (
      <ProblemNote error={query.error} className="mt-3">
        <Button onClick={() => void query.refetch()}>{words.retry}</Button>
      </ProblemNote>
    )
  }
  const versions = query.data.pages.flatMap((page) => page.items)
  if (versions.length === 0) return <p className="mt-2 text-muted">{historyWords.none}</p>
  return (
    <>
      <ol className="mt-2 border-t border-hairline">
        {versions.map((version) => (
          <VersionRow
            key={version.number}
            version={version}
            newest={version.number === app.version}
            inPreview={version.number === inPreview}
            published={version.number === published}
            compared={version.number === compare}
            onCompare={onCompare}
          />
        ))}
      </ol>
      {query.hasNextPage && (
        <Button className="mt-3" disabled={query.isFetching} onClick={() => void query.fetchNextPage()}>
          {words.more}
        </Button>
      )}
    </>
  )
}
