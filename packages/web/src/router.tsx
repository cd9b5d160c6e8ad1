import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Outlet } from '@tanstack/react-router'
import { z } from 'zod'
import { problemOf } from './api/problem.ts'
import { HomePage } from './home/home-page.tsx'
import { CrashPage, NotFoundPage } from './ui/last-pages.tsx'
import { Toasts } from './ui/toasts.tsx'

const root = createRootRoute({
  component: () => (
    <>
      <Outlet />
      <Toasts />
    </>
  ),
  notFoundComponent: () => <NotFoundPage />,
  errorComponent: ({ error }) => <CrashPage message={problemOf(error).detail} />,
})

const home = createRoute({ getParentRoute: () => root, path: '/', component: HomePage })

/** What of the editor has an address: an unreadable value is as if it were not there. */
export const EditorSearch = z.object({
  tab: z.enum(['preview', 'code', 'history']).optional().catch(undefined),
  file: z.string().optional().catch(undefined),
  line: z.coerce.number().int().positive().optional().catch(undefined),
  compare: z.coerce.number().int().positive().optional().catch(undefined),
})
export type EditorSearch = z.infer<typeof EditorSearch>

const editor = createRoute({
  getParentRoute: () => root,
  path: '/apps/$app',
  validateSearch: (search) => EditorSearch.parse(search),
  component: lazyRouteComponent(() => import('./editor/editor-page.tsx'), 'EditorPage'),
})

export const router = createRouter({
  routeTree: root.addChildren([home, editor]),
  defaultPreload: 'intent',
  scrollRestoration: true,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
