export const modelWords = {
  label: 'Model',
  mode: 'Mode',
  modes: { build: 'Build', plan: 'Plan', chat: 'Chat' },
  modeHints: {
    build: 'Writes files',
    plan: 'Plans, writes no files',
    chat: 'Answers, writes no files',
  },
  unavailable: 'not available',
  badge: 'Sample builder (no AI)',
  dialogTitle: 'Models',
  sampleIntro:
    'The sample model is not AI. It matches words of your prompt to a few hand-written kinds of app: a collection of anything, a landing page, a calculator. It costs nothing and sends nothing anywhere.',
  connectTitle: 'Connect a model',
  connectIntro:
    'Set these two variables where the server is started, then restart it. Keys are read from there only; the studio never sees them.',
  keyName: 'ANTHROPIC_API_KEY',
  keyText: 'Your key. Required.',
  baseName: 'ANTHROPIC_BASE_URL',
  baseText: 'Another address that speaks the same protocol. Optional.',
  commandLabel: 'Copy the command',
  stateTitle: 'What the server has now',
  modelCheck: 'Model check',
  checkAgain: 'Check again',
  checking: 'Checking',
  works: 'available',
  unusable: (provider: string, names: readonly string[]) =>
    names.length === 1 ? (names[0] ?? provider) : `${names.length} models of ${provider}`,
  checkWords: { ok: 'works', degraded: 'works with limits', down: 'does not work' },
  noModels: 'The server names no models.',
  useHere: 'Use for this app',
  inUse: 'in use here',
}
