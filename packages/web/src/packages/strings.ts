import type { InstallProgress } from '@overskill/protocol'

const phases: Record<InstallProgress['phase'], string> = {
  resolving: 'Looking up',
  fetching: 'Fetching',
  linking: 'Putting in place',
  bundling: 'Preparing',
}

export const packageWords = {
  title: 'Packages',
  intro: 'Code of others that the app is built on. No script of a package ever runs.',
  phases,
  add: (name: string) => `Add ${name}`,
  adding: (name: string) => `Adding ${name}`,
  added: (name: string, version: number) => `Added ${name} as version ${version}.`,
  removed: (name: string, version: number) => `Removed ${name} as version ${version}.`,
  addAnyway: 'Add anyway',
  tooNewRisk:
    'A stolen or harmful release is usually found and withdrawn within a day, so a version this new is more of a risk.',
  field: 'Name of a package, with or without a version',
  example: 'name or name@version',
  addButton: 'Add',
  remove: (name: string) => `Remove ${name}`,
  usedBy: { app: 'Part of the app', development: 'For development' },
  none: 'package.json names no packages.',
  unreadable: 'package.json cannot be read as JSON, so its packages are not known.',
  openFile: 'Open package.json',
  busy: 'A turn is running. Packages can be changed when it has ended.',
  badName: 'A package is named name or name@version.',
  more: (count: number) => `and ${count} more`,
  failed: (names: string) => `${names} could not be added.`,
}
