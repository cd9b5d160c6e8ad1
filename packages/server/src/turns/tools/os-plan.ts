import { defineTool, done, write } from '@overskill/agent'
import { z } from 'zod'
import type { ToolWork } from './work.ts'

export const osPlan = defineTool({
  name: 'os-plan',
  description:
    'Shows the person a checklist of what you are about to do, or updates it. Use it at the start of work with three or more steps and when a step is done; not for a small edit, and not instead of doing the work. ' +
    'Each call replaces the whole list. Limits: 1 to 20 items of at most 200 characters. ' +
    'Example: {"items": [{"text": "Book list with ratings", "status": "doing"}, {"text": "Add and edit form", "status": "todo"}]}.',
  input: z.object({
    items: z
      .array(
        z.object({
          text: z.string().trim().min(1).max(200).describe('What will be there, in the language of the person'),
          status: z.enum(['todo', 'doing', 'done']),
        }),
      )
      .min(1)
      .max(20)
      .describe('The whole list, in order'),
  }),
  effect: 'transactional',
  changes: false, // a plan touches no file: it is what plan mode is for
  keys: () => [write('meta')],
  async run({ items }, work: ToolWork) {
    work.plan(items)
    const finished = items.filter(({ status }) => status === 'done').length
    return done(`The plan is shown: ${items.length} items, ${finished} done.`)
  },
})
