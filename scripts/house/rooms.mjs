/**
 * The rooms and what each may import (ARCHITECTURE.md section 2). `imports`: rooms by value; `types`: rooms by type only;
 * `packages`: where given, the only packages from outside; `node: false`: nothing of Node. Tests may import every room's face.
 */
export const rooms = {
  protocol: { imports: [], types: [], packages: ['zod', '@orpc/contract'], node: false },
  agent: { imports: ['protocol'], types: [] },
  workspace: { imports: ['protocol'], types: [] },
  builder: { imports: ['protocol'], types: ['workspace'] },
  edge: { imports: ['protocol'], types: ['builder'] },
  'model-server': { imports: ['protocol'], types: [] },
  backend: { imports: ['protocol'], types: [] },
  visual: { imports: [], types: ['protocol', 'workspace'] },
  web: { imports: ['protocol'], types: [], node: false },
  cli: { imports: ['protocol'], types: [] },
  server: {
    imports: ['protocol', 'agent', 'workspace', 'builder', 'edge', 'model-server', 'backend', 'visual'],
    types: [],
  },
}

/** Folders beside `packages/` whose files may import every room's face; no room may import them. */
export const workshops = ['benchmarks', 'e2e', 'evals', 'scripts']

export const scope = '@overskill/'
