import { must, type App, type Deployment, type Message, type Turn } from '@overskill/protocol'
import { useQueryClient } from '@tanstack/react-query'
import { createContext, use, useEffect, useState, useSyncExternalStore, type ReactNode } from 'react'
import { refreshAfter } from '../api/queries.ts'
import type { AppState } from './app-state.ts'
import { createAppStore, type AppStore, type StoreState } from './app-store.ts'

const StoreContext = createContext<AppStore | undefined>(undefined)

/** Follows an app while mounted and gives what is below it the app's state. Key it by the app's id. */
export function AppProvider({ app, children }: { app: string; children: ReactNode }) {
  const client = useQueryClient()
  const [store] = useState(() => createAppStore(app, (types) => refreshAfter(client, app, types)))
  useEffect(() => store.open(), [store])
  return <StoreContext value={store}>{children}</StoreContext>
}

/** A part of the connection's state. `select` must return the same thing for the same state. */
export function useStream<T>(select: (state: StoreState) => T): T {
  const store = must(use(StoreContext), 'AppProvider above')
  return useSyncExternalStore(store.subscribe, () => select(store.get()))
}

/** A part of the app's state; only below a place that has seen the first snapshot. */
export const useAppState = <T,>(select: (state: AppState) => T): T =>
  useStream((state) => select(must(state.app, 'The first snapshot')))

export const useApp = (): App => useAppState((state) => state.snapshot.app)
export const useMessages = (): Message[] => useAppState((state) => state.snapshot.conversation.messages)
export const useTurns = (): Turn[] => useAppState((state) => state.snapshot.conversation.turns)
export const useDeployments = (): Deployment[] => useAppState((state) => state.snapshot.deployments)
