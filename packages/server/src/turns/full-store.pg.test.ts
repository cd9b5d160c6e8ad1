import { startScriptedModel, text, toolUse } from '@overskill/model-server'
import { eq, sql } from 'drizzle-orm'
import { expect, test, vi } from 'vitest'
import { turns } from '../database/schema.ts'
import { last, only, startTestPlane } from '../test-plane.ts'

const replies: Parameters<typeof startScriptedModel>[0][number][] = []
const model = await startScriptedModel([], { rest: () => replies.shift() ?? [text('Done.')] })
const plane = await startTestPlane({ modelUrl: model.url })

/** From now on the database has no room for a second step, and all else it stores; until it has refused it so many times. */
async function refuseSecondSteps(times: number): Promise<void> {
  await plane.db.execute(sql.raw(`create sequence refused`)) // a number that a failed transaction keeps
  await plane.db.execute(
    sql.raw(`
      create function refuse() returns trigger language plpgsql as $$ begin
        if new.step = 2 and nextval('refused') <= ${times} then
          raise exception 'could not extend file' using errcode = '53100';
        end if;
        return new;
      end $$`),
  )
  await plane.db.execute(sql.raw(`create trigger refuse before insert on steps for each row execute function refuse()`))
}

test('B.5 46: a turn that a full store fails goes on when there is room, has lost no owner and says once that it was interrupted', async () => {
  const logged = vi.spyOn(console, 'error').mockImplementation(() => {})
  await refuseSecondSteps(1)
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
