export const homeWords = {
  title: 'What should exist?',
  promptLabel: 'Describe the app',
  placeholder: 'A reading list for my book club, with title, author and rating',
  send: 'Build',
  sending: 'Starting',
  starters: 'Start from',
  apps: 'Apps',
  search: 'Search apps',
  noMatch: (text: string) => `No app is named like “${text}”.`,
  emptyTitle: 'Nothing here yet',
  emptyText:
    'The example is a reading list. The sample model builds it in front of you, without a key and without cost.',
  emptyAction: 'Build the example',
  status: { new: 'New', working: 'Working', ready: 'Ready', broken: 'Does not build' },
  published: 'Published',
  menu: (name: string) => `Actions for ${name}`,
  renameTitle: 'Rename app',
  nameLabel: 'Name',
  deleted: (name: string) => `Deleted ${name}.`,
  deletePublishedTitle: (name: string) => `Delete ${name}?`,
  deletePublishedText: (url: string) =>
    `Its public address ${url} stops working at once. Everything is kept for 30 days and can be brought back.`,
  restored: (name: string) => `${name} is back.`,
  openLive: 'Open the public page',
}

/** Prompts that the sample model can build, too. */
export const starters = [
  { label: 'A reading list', prompt: 'A reading list for my book club with title, author and rating, in green' },
  { label: 'A plant diary', prompt: 'A plant diary with name, room and last watered, in teal' },
  { label: 'A landing page', prompt: 'A landing page for a small bakery called Crumb, in orange' },
  { label: 'A calculator', prompt: 'A calculator with a history of results' },
] as const
