import { config } from 'zod'

/** Imported before any schema is made: the studio's Content-Security-Policy forbids `eval`, so zod does not even try. */
config({ jitless: true })
