import { contract, Health, type Mode } from '@overskill/protocol'
import { infiniteQueryOptions, queryOptions, type QueryClient } from '@tanstack/react-query'
import { call, send } from './call.ts'
import { readFile } from './files.ts'

/** Every query of the studio, by the name that invalidation uses. What events already say is never queried. */

const pageSize = 60
/** While an app works its card changes by itself, and there is no event channel for the whole list. */
const workingRefreshMs = 3_000

export const appsQuery = infiniteQueryOptions({
  queryKey: ['apps'],
  queryFn: ({ pageParam, signal }) =>
    call(contract.apps.list, { limit: pageSize, ...(pageParam && { cursor: pageParam }) }, { signal }),
  initialPageParam: '',
  getNextPageParam: (last) => last.next,
  refetchInterval: ({ state }) =>
    state.data?.pages.some((page) => page.items.some((app) => app.status === 'working')) ? workingRefreshMs : false,
})

export const modelsQuery = queryOptions({
  queryKey: ['models'],
  queryFn: ({ signal }) => call(contract.models.list, {}, { signal }),
  select: (page) => page.items,
  staleTime: 60_000,
})

/** This month's sums change with every request, so they are asked for whenever they are looked at. */
export const usageQuery = queryOptions({
  queryKey: ['usage'],
  queryFn: ({ signal }) => call(contract.usage.ofMonth, {}, { signal }),
  staleTime: 0,
})

/** What the next turn will probably cost. A turn that ends makes it new; the limits too. */
export const estimateQuery = (app: string, model: string, mode: Mode, endedTurns: number) =>
  queryOptions({
    queryKey: ['estimate', app, model, mode, endedTurns],
    queryFn: ({ signal }) => call(contract.usage.estimate, { app, mode }, { signal }),
    select: (answer) => answer.estimate,
    placeholderData: (earlier) => (earlier?.estimate.model === model ? earlier : undefined),
    staleTime: 60_000, // what is in the provider's cache is forgotten in minutes
  })

/** The request of a step. `ended`: its reply has ended, so that nothing of it changes any more. */
export const sentQuery = (app: string, turn: string, step: number, ended: boolean) =>
  queryOptions({
    queryKey: ['app', app, 'sent', turn, step, ended],
    queryFn: ({ signal }) => call(contract.turns.request, { app, turn, step }, { signal }),
    staleTime: ended ? Number.POSITIVE_INFINITY : 0,
  })

export const healthQuery = queryOptions({
  queryKey: ['health'],
  queryFn: async ({ signal }) => Health.parse(await (await send('/api/health', { signal })).json()),
})

export const filesQuery = (app: string) =>
  queryOptions({
    queryKey: ['app', app, 'files'],
    queryFn: ({ signal }) => call(contract.files.list, { app }, { signal }),
    select: (page) => page.items,
  })

export const fileQuery = (app: string, path: string) =>
  queryOptions({
    queryKey: ['app', app, 'file', path],
    queryFn: ({ signal }) => readFile(app, path, signal),
  })

export const versionsQuery = (app: string) =>
  infiniteQueryOptions({
    queryKey: ['app', app, 'versions'],
    queryFn: ({ pageParam, signal }) =>
      call(contract.versions.list, { app, limit: pageSize, ...(pageParam && { cursor: pageParam }) }, { signal }),
    initialPageParam: '',
    getNextPageParam: (last) => last.next,
  })

export const diffQuery = (app: string, version: number) =>
  queryOptions({
    queryKey: ['app', app, 'diff', version],
    queryFn: ({ signal }) => call(contract.versions.diff, { app, version }, { signal }),
    select: (page) => page.items,
    staleTime: Number.POSITIVE_INFINITY, // versions never change
  })

/** What an event of this name makes old. */
export function refreshAfter(client: QueryClient, app: string, eventTypes: ReadonlySet<string>): void {
  const refresh = (...names: string[]): void => {
    for (const name of names) void client.invalidateQueries({ queryKey: ['app', app, name] })
  }
  if (eventTypes.has('files.changed')) refresh('files', 'file')
  if (eventTypes.has('version.created') || eventTypes.has('build.completed') || eventTypes.has('build.failed'))
    refresh('versions')
  if (eventTypes.has('app.updated')) void client.invalidateQueries({ queryKey: ['apps'] })
}
