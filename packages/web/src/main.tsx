import './no-eval.ts'
import './ui/tokens.css'
import { must } from '@overskill/protocol'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { Tooltip } from 'radix-ui'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { problemOf } from './api/problem.ts'
import { router } from './router.tsx'

/** Only what may pass by itself is tried again; a refusal is shown at once. A server that starts is waited for. */
function tryAgain(count: number, error: unknown): boolean {
  const { code } = problemOf(error)
  return code === 'starting' || (count < 2 && (code === 'unreachable' || code === 'internal'))
}

const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 2_000,
      retry: tryAgain,
    },
    mutations: { networkMode: 'always' },
  },
})

createRoot(must(document.getElementById('studio'), 'The element of index.html')).render(
  <StrictMode>
    <QueryClientProvider client={client}>
      <Tooltip.Provider delayDuration={500}>
        <RouterProvider router={router} />
      </Tooltip.Provider>
    </QueryClientProvider>
  </StrictMode>,
)
