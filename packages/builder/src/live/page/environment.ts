/** The page's environment values: what `import.meta.env` is. */
export const environment = (globalThis as { __ENV__?: object }).__ENV__ ?? {}
