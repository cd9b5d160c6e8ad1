export const usageWords = {
  title: 'Usage',
  monthTitle: (month: string) =>
    new Intl.DateTimeFormat('en', { month: 'long', year: 'numeric', timeZone: 'UTC' }).format(new Date(`${month}-01`)),
  all: 'All apps',
  none: 'No model was asked in this month.',
  appsTitle: 'By app',
  deleted: 'deleted',
  unnamed: 'An app that is gone',
  unknown: 'price unknown',
  atLeast: 'at least ',
  partly: (known: string, tokens: number) => `${known}, and ${tokens.toLocaleString('en')} tokens of unknown price`,
  tokens: (input: string, cached: string, output: string, requests: string) =>
    `${input} tokens in (${cached} from the cache), ${output} out, ${requests}`,
  limitsTitle: 'Limits',
  limitsText:
    'A turn ends before the next request once a limit is reached; what is done is kept. A request under way is still paid. An empty field is no limit.',
  limitsUnknown: 'Limits in dollars do not hold for models whose price is unknown. The limit in tokens does.',
  turnUsd: 'Dollars a turn',
  monthUsd: 'Dollars a month, all apps',
  turnTokens: 'Tokens a turn',
  noLimit: 'No limit',
  notNumber: 'Write a number, or leave it empty.',
  saved: 'Limits are saved.',
}
