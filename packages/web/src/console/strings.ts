import { plural } from '../ui/figures.ts'

export const consoleWords = {
  drawer: 'Console and network',
  height: 'Height of the console',
  open: (errors: number, warnings: number) => {
    const counts = [errors > 0 && plural(errors, 'error'), warnings > 0 && plural(warnings, 'warning')]
    return ['Console', ...counts.filter(Boolean)].join(', ')
  },
  tabs: { console: 'Console', network: 'Network' },
  close: 'Close the console',
  clear: 'Clear',
  keep: 'Keep on reload',
  find: { console: 'Find in the console', network: 'Find a request' },
  level: 'Level',
  levels: {
    all: 'All levels',
    problems: 'Errors and warnings',
    error: 'Errors',
    warn: 'Warnings',
    info: 'Info',
    log: 'Log',
    debug: 'Debug',
  },
  requestsLabel: 'Requests',
  requests: { all: 'All requests', failed: 'Failed' },
  levelOf: { error: 'Error', warn: 'Warning', info: 'Info', log: 'Log', debug: 'Debug' },
  uncaught: 'Uncaught',
  blank: 'The page is blank: nothing is drawn in it.',
  empty: { console: 'The page has said nothing yet.', network: 'The page has asked for nothing yet.' },
  noMatch: 'Nothing matches.',
  reloaded: 'Reloaded',
  dropped: (count: number) => `${plural(count, 'message')} left out: the page said more than can be shown`,
  times: (count: number) => `${count.toLocaleString('en')} times`,
  noAnswer: 'No answer',
  body: (size: string) => `Answer, ${size}`,
  fix: 'Fix this',
  openAt: (place: string) => `Open ${place}`,
  earlier: (count: number) => `Show earlier, ${plural(count, 'row')}`,
  toEnd: 'Go to the newest',
  fixMessage: (error: string) => `The page reports this error. Fix it:\n\n${error}`,
}
