import { ok } from '@overskill/protocol'
import { numberOfCursor, pageOf } from './page.ts'
import type { Rooms } from './rooms.ts'
import type { Calls } from './services.ts'

/** What models were paid, of one app and of all. */
export const usageCalls = ({ apps, spending, estimates }: Rooms): Calls['usage'] => ({
  async ofApp({ app, cursor, limit }) {
    const row = await apps.find(app)
    if (!row.ok) return row
    const before = numberOfCursor(cursor)
    return before.ok ? ok(await spending.ofApp(app, before.value, pageOf(limit))) : before
  },
  async estimate({ app, mode = 'build' }) {
    const row = await apps.find(app)
    return row.ok ? ok({ estimate: await estimates.next(row.value, mode) }) : row
  },
  ofMonth: async () => ok(await spending.ofMonth()),
})

export const limitCalls = ({ spending }: Rooms): Calls['limits'] => ({
  get: async () => ok({ limits: await spending.limits() }),
  put: async (change) => ok({ limits: await spending.setLimits(change) }),
})
