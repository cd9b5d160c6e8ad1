/** `everywhere`: also among `dependencies`, where an app that is a tool for code itself may mean the others. */
type Toolchain = { names: RegExp; reason: string; everywhere?: true }

/**
 * Packages that an app lists and that are never installed for it, and why. The builder has its own of each, or nothing of
 * OverSkill runs them. `tailwindcss` itself is none of them: plugins of an app require it, in the version that the app asks for.
 */
const toolchain: readonly Toolchain[] = [
  {
    names: /^(?:vite|@vitejs\/.+|vite-plugin-.+|rolldown-vite|@replit\/vite-plugin-.+|lovable-tagger|@dyad-sh\/.+)$/,
    reason: 'the builder is the bundler',
    everywhere: true,
  },
  {
    names: /^(?:@tailwindcss\/(?:vite|postcss|cli|node|oxide)|postcss|postcss-.+|autoprefixer|lightningcss|cssnano)$/,
    reason: 'the builder compiles styles',
    everywhere: true,
  },
  { names: /^@types\/.+$/, reason: 'types do not run', everywhere: true },
  {
    names: /^(?:eslint|eslint-.+|@eslint\/.+|typescript-eslint|@typescript-eslint\/.+|stylelint|stylelint-.+)$/,
    reason: 'a tool of the editor',
    everywhere: true,
  },
  { names: /^(?:rolldown|rollup|@rollup\/.+|esbuild|@swc\/.+|@babel\/.+|babel-.+)$/, reason: 'the builder compiles' },
  { names: /^(?:typescript|ts-node|tsx|bun-types)$/, reason: 'types do not run' },
  { names: /^(?:globals|prettier|prettier-.+|@biomejs\/.+|oxlint|husky|lint-staged)$/, reason: 'a tool of the editor' },
  {
    names:
      /^(?:vitest|@vitest\/.+|jest|jest-.+|@testing-library\/.+|jsdom|happy-dom|playwright|@playwright\/.+|cypress)$/,
    reason: 'tests are not part of the app',
  },
  {
    names: /^(?:npm|pnpm|yarn|bun|wrangler|vercel|netlify-cli|gh-pages|serve|concurrently|rimraf|cross-env)$/,
    reason: 'a tool of the command line',
  },
]

/** Why a package is not installed for an app that lists it, there or there; undefined for one that is. */
export function toolchainReason(name: string, listedIn: 'dependencies' | 'devDependencies'): string | undefined {
  return toolchain.find(({ names, everywhere }) => (everywhere || listedIn === 'devDependencies') && names.test(name))
    ?.reason
}
