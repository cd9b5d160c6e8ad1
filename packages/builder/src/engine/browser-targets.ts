/** Browsers that scripts are built for: Vite's default, "baseline widely available". */
export const BROWSER_TARGETS = ['chrome111', 'edge111', 'firefox114', 'safari16.4']
