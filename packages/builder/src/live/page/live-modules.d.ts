/** Modules that only a live page has: Vite's, React's refresh runtime, and packages by the addresses we give them. */

declare module 'live:vite-client' {
  export type HotContext = {
    on(event: string, listener: (data: unknown) => void): void
    send(event: string, data: unknown): void
  }
  export function createHotContext(path: string): HotContext
}

declare module 'live:react-refresh' {
  export function injectIntoGlobalHook(target: unknown): void
}

declare module 'live:styles' {
  export function followStyle(update: unknown): void
}

declare module 'live:react-faults' {
  export function keepLastRender(): { beforeUpdate(): void }
}

declare module 'live:icon-maker' {
  /** The package's own maker of icons; its module has it as what it is by default. */
  export const maker: unknown
}

declare module 'live:react-jsx' {
  export type Source = { fileName: string; lineNumber: number; columnNumber: number }
  export const Fragment: unknown
  export function jsxDEV(
    type: unknown,
    props: unknown,
    key: unknown,
    isStatic: unknown,
    source: Source | undefined,
    self: unknown,
  ): { props?: object | null }
}
