export const previewWords = {
  frame: (name: string) => `Preview of ${name}`,
  route: 'Path in the app',
  reload: 'Reload',
  open: 'Open in a tab',
  devices: { desktop: 'Full width', tablet: 'Tablet, 768 px', mobile: 'Phone, 390 px' },
  devicesLabel: 'Width of the preview',
  nothingTitle: 'Nothing to show yet',
  nothingText: 'The first version of your app appears here as soon as it is built.',
  appears: 'It appears here by itself.',
  writingTitle: 'The first version is being written',
  buildingTitle: (version: number) => `Version ${version} is being built`,
  waitingTitle: 'Waiting to be built',
  failedIn: (version: number, file: string, line: number | undefined) =>
    line === undefined
      ? `The build of version ${version} failed in ${file}.`
      : `The build of version ${version} failed in ${file}, line ${line}.`,
  failedSomewhere: (version: number) => `The build of version ${version} failed.`,
  notOnLine: (version: number) => `Version ${version} could not be put on line.`,
  again: 'Try again',
  stillShows: (version: number) => `Your app still shows version ${version}.`,
  showsNothing: 'Nothing is shown yet.',
  fix: 'Fix this',
  openFile: 'Open file',
  details: 'Details',
  updating: (version: number) => `Version ${version} is on its way`,
  older: (shown: number, newest: number) => `This is version ${shown}. The newest is ${newest}.`,
  toNewest: 'Show the newest',
  brokenIn: (file: string, line: number | undefined) =>
    line === undefined ? `${file} does not compile.` : `${file}, line ${line}, does not compile.`,
  brokenSomewhere: 'The newest files do not compile.',
  showsLastWorking: 'The page shows the last state that worked.',
  brokenBadge: 'Showing the last working version',
  pageError: (file: string | undefined, line: number | undefined) =>
    file === undefined
      ? 'The page showed an error.'
      : line === undefined
        ? `The page showed an error in ${file}.`
        : `The page showed an error in ${file}, line ${line}.`,
  pageBlank: 'The page is blank.',
  moreErrors: (count: number) => (count === 1 ? '1 more is in the console.' : `${count} more are in the console.`),
  dismiss: 'Hide this note',
  live: 'Live',
  liveTip: 'The page changes while files are written.',
  waitingVersion: (version: number) =>
    `Version ${version} is ready. This page stays, because something was typed in it.`,
  waitingLive: 'The app is changing. This page stays, because something was typed in it.',
  showLive: 'Show the live page',
  showVersion: (version: number) => `Show version ${version}`,
  fixLiveMessage: (error: string) => `The app does not compile. Fix this error:\n\n${error}`,
  fixInstallMessage: (what: string, why: string) => `${what} Find another way:\n\n${why}`,
  fixPageMessage: (said: string, error: string) => `${said} Fix this:\n\n${error}`,
  fixMessage: (version: number, error: string) => `The build of version ${version} failed. Fix this error:\n\n${error}`,
}
