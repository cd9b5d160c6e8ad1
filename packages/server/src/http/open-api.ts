import { OpenAPIGenerator } from '@orpc/openapi'
import { ZodToJsonSchemaConverter } from '@orpc/zod/zod4'
import { contract, failureStatus } from '@overskill/protocol'
import { rawRoutes, type Route } from './route-table.ts'

/** The OpenAPI 3.1 document: the contract's calls from the schemas that validate them, the raw ones as described in the table. */
export async function describeApi(version: string, publicUrl: string): Promise<object> {
  const generator = new OpenAPIGenerator({ schemaConverters: [new ZodToJsonSchemaConverter()] })
  const document = await generator.generate(contract, {
    info: { title: 'OverSkill', version },
    servers: [{ url: `${publicUrl}/api` }],
    customErrorResponseBodySchema: () => problemSchema,
  })
  const paths = { ...document.paths } as Record<string, Record<string, unknown>>
  for (const operations of Object.values(paths)) {
    for (const operation of Object.values(operations)) Object.assign(responsesOf(operation), problemResponses)
  }
  for (const route of rawRoutes) {
    const path = route.path.replace('{+path}', '{path}')
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: describeRaw(route) }
  }
  return { ...document, paths }
}

const problemSchema = {
  type: 'object' as const,
  required: ['type', 'code', 'title', 'status', 'detail'],
  properties: {
    type: { type: 'string' as const },
    code: { type: 'string' as const, enum: Object.keys(failureStatus) },
    title: { type: 'string' as const },
    status: { type: 'integer' as const },
    detail: { type: 'string' as const },
    errors: {
      type: 'array' as const,
      items: {
        type: 'object' as const,
        required: ['path', 'message'],
        properties: { path: { type: 'string' as const }, message: { type: 'string' as const } },
      },
    },
  },
}

const problemResponses = {
  default: { description: 'A problem', content: { 'application/problem+json': { schema: problemSchema } } },
}

const responsesOf = (operation: unknown): object => {
  const described = operation as { responses?: object }
  return (described.responses ??= {})
}

const media: Record<string, string> = {
  '/health': 'application/json',
  '/openapi.json': 'application/json',
  '/apps/{app}/events': 'text/event-stream',
  '/apps/{app}/export.zip': 'application/zip',
}

function describeRaw({ method, path, summary }: Route): object {
  const names = [...path.matchAll(/\{\+?(\w+)\}/g)].map((match) => match[1])
  const type = method === 'GET' ? (media[path] ?? '*/*') : 'application/json'
  const inPath = names.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } }))
  return {
    summary,
    parameters: [...inPath, ...(extraParameters[`${method} ${path}`] ?? [])],
    ...(method === 'PUT' && { requestBody: { required: true, content: { '*/*': {} } } }),
    responses: { '200': { description: 'OK', content: { [type]: {} } }, ...problemResponses },
  }
}

const header = (name: string) => ({ name, in: 'header', required: false, schema: { type: 'string' } })
const query = (name: string) => ({ name, in: 'query', required: false, schema: { type: 'integer', minimum: 0 } })
const file = '/apps/{app}/files/{+path}'

const extraParameters: Record<string, object[]> = {
  'GET /apps/{app}/events': [header('Last-Event-ID'), query('after')],
  'GET /apps/{app}/export.zip': [query('version')],
  [`GET ${file}`]: [query('version'), header('If-None-Match')],
  [`PUT ${file}`]: [header('If-Match'), header('Idempotency-Key')],
  [`DELETE ${file}`]: [header('If-Match'), header('Idempotency-Key')],
}
