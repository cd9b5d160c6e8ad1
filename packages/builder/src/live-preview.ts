import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { CodePlace, LiveState, Outcome } from '@overskill/protocol'
import type { SourceTree } from './artifact.ts'

/** One file of an open page that was written, or removed (`content: null`). */
export type LiveChange = { path: string; content: Uint8Array | null }

/**
 * Live pages: the app as it is being written, at its `live-` host, with hot updates. Pages live in confined child processes;
 * nothing of an app is on disk. Never rejects for what an app contains: that is a state.
 */
export interface LivePreviewService {
  /**
   * Opens an app's page with these files, or puts them in place of those that it has (what differs is told as changes).
   * Installs the app's packages if need be. Answers when the page can be asked for.
   */
  open(
    app: string,
    tree: SourceTree,
    options: { env: Readonly<Record<string, string>>; signal: AbortSignal },
  ): Promise<Outcome<LiveState>>
  isOpen(app: string): boolean
  /** Gets and bundles the packages that these files ask for, ahead of the first page that needs them. Never rejects. */
  prepare(tree: SourceTree, signal: AbortSignal): Promise<void>
  /** Applies writes in order. Does nothing where no page is open. */
  change(app: string, changes: readonly LiveChange[]): Promise<LiveState | undefined>
  /** Answers a request to an open page's host. */
  handle(app: string, request: IncomingMessage, response: ServerResponse): void
  /** Takes over a WebSocket of an open page. */
  upgrade(app: string, request: IncomingMessage, socket: Duplex, head: Buffer): void
  /** Where in the app's files places of its served scripts lie; null for what is none of them. In the order given. */
  locate(app: string, places: readonly CodePlace[]): Promise<(CodePlace | null)[]>
  close(app: string): Promise<void>
  /** Ends every page and process. */
  end(): Promise<void>
}
