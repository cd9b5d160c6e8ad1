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
  failedTitle: (version: number) => `Version ${version} does not build`,
  failedIn: (version: number, file: string, line: number | undefined) =>
    line === undefined
      ? `The build of version ${version} failed in ${file}.`
      : `The build of version ${version} failed in ${file}, line ${line}.`,
  failedSomewhere: (version: number) => `The build of version ${version} failed.`,
  stillShows: (version: number) => `Your app still shows version ${version}.`,
  showsNothing: 'Nothing is shown yet.',
  fix: 'Fix this',
  openFile: 'Open file',
  details: 'Details',
  updating: (version: number) => `Version ${version} is on its way`,
  older: (shown: number, newest: number) => `This is version ${shown}. The newest is ${newest}.`,
  toNewest: 'Show the newest',
  fixMessage: (version: number, error: string) => `The build of version ${version} failed. Fix this error:\n\n${error}`,
}
