import { startScriptedModel, text, toolUse } from '@overskill/model-server'
import { eq, sql } from 'drizzle-orm'
import { expect, test, vi } from 'vitest'
import { turns } from '../database/schema.ts'
import { last, only, startTestPlane } from '../test-plane.ts'

const replies: Parameters<typeof startScriptedModel>[0][number][] = []
const model = await startScriptedModel([], { rest: () => replies.shift() ?? [text('Done.')] })
const plane = await startTestPlane({ modelUrl: model.url })

/** From now on the database has no room for such a row, and all else it stores; once it has refused it. */
async function refuseFirst(table: 'steps' | 'blocks', when = 'true'): Promise<void> {
  const statements = [
    `create sequence refused_${table}`, // a number that a failed transaction keeps
    `create function refuse_${table}() returns trigger language plpgsql as $$ begin
       if nextval('refused_${table}') = 1 then
         raise exception 'could not extend file' using errcode = '53100';
       end if;
       return new;
     end $$`,
    `create trigger refuse before insert on ${table} for each row when (${when}) execute function refuse_${table}()`,
  ]
  for (const statement of statements) await plane.db.execute(sql.raw(statement))
}

test('B.5 46: a turn that a full store fails goes on when there is room, has lost no owner and says once that it was interrupted', async () => {
  const logged = vi.spyOn(console, 'error').mockImplementation(() => {})
  await refuseFirst('steps', 'new.step = 2')
  replies.push([toolUse('os-write', { file_path: 'src/one.ts', content: 'export const one = 1\n' })], [text('Done.')])
  const app = await plane.create('One file')

  const events = await plane.turnEnd(app.id)

  expect(last(events)).toMatchObject({ type: 'turn.completed', turn: { version: 1, deployment: { status: 'live' } } })
  expect(await plane.db.query.turns.findFirst({ where: eq(turns.app, app.id) })).toMatchObject({
    leaseToken: 2,
    handovers: 1,
  })
  expect(only(events, 'notice.added').map(({ code }) => code)).toEqual(['resumed'])
  const [first, second] = only(events, 'turn.started').map(({ at }) => Date.parse(at))
  expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(2_000)
  expect(logged.mock.calls).toMatchObject([['Something of ours went wrong', { turn: expect.any(String) }]])
  logged.mockReset()
})

test('B.5 46, A10: a turn whose reply a full store refuses goes on, and that counts as a death: it asked its model twice', async () => {
  const logged = vi.spyOn(console, 'error').mockImplementation(() => {})
  await refuseFirst('blocks')
  const asked = model.requests.length
  const app = await plane.create('Refused once')

  expect(last(await plane.turnEnd(app.id)).type).toBe('turn.completed')

  const turn = await plane.db.query.turns.findFirst({ where: eq(turns.app, app.id) })
  expect(turn).toMatchObject({ leaseToken: 2, handovers: 0 })
  expect(model.requests.length - asked).toBe(2)
  logged.mockReset()
})
