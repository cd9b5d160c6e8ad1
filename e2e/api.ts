import { request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import type { App, Conversation, Deployment, FileEntry, Turn, Version } from '@overskill/protocol'

export type Answer = { status: number; headers: IncomingHttpHeaders; body: string }

/** The server as a program calls it: plain HTTP, whatever host is named. */
export type Api = {
  /** A request to the port with this Host; `json` becomes the body. */
  send(path: string, options?: { method?: string; host?: string; json?: unknown }): Promise<Answer>
  /** An answer of the API, parsed. Throws with what came if it is no success. */
  json<T>(method: string, path: string, body?: unknown): Promise<T>
  app(id: string): Promise<App>
  conversation(app: string): Promise<Conversation>
  turns(app: string): Promise<Turn[]>
  versions(app: string): Promise<Version[]>
  deployments(app: string): Promise<Deployment[]>
  files(app: string, version?: number): Promise<FileEntry[]>
  file(app: string, path: string): Promise<string>
  /** Everything that a person could have changed in the whole server, to be compared. */
  state(): Promise<unknown>
}

export function createApi(port: number): Api {
  const send: Api['send'] = (path, { method = 'GET', host = `localhost:${port}`, json } = {}) =>
    new Promise((resolve, reject) => {
      const headers = { host, ...(json !== undefined && { 'content-type': 'application/json' }) }
      const asked = httpRequest({ host: '127.0.0.1', port, path, method, headers, agent: false }, (response) => {
        let body = ''
        response.setEncoding('utf8').on('data', (part: string) => (body += part))
        response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }))
        response.on('error', reject)
      })
      asked.setTimeout(15_000, () => asked.destroy(new Error(`${method} ${path} had no answer in 15 s`)))
      asked.on('error', reject)
      asked.end(json === undefined ? undefined : JSON.stringify(json))
    })
  const json: Api['json'] = async <T>(method: string, path: string, body?: unknown) => {
    const answer = await send(`/api${path}`, { method, json: body })
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.body}`)
    return JSON.parse(answer.body) as T
  }
  const items = async <T>(path: string): Promise<T[]> => (await json<{ items: T[] }>('GET', path)).items
  const api: Api = {
    send,
    json,
    app: async (id) => (await json<{ app: App }>('GET', `/apps/${id}`)).app,
    conversation: (app) => json('GET', `/apps/${app}/conversation`),
    turns: async (app) => (await api.conversation(app)).turns,
    versions: (app) => items(`/apps/${app}/versions`),
    deployments: (app) => items(`/apps/${app}/deployments`),
    files: (app, version) => items(`/apps/${app}/files${version === undefined ? '' : `?version=${version}`}`),
    file: async (app, path) => (await send(`/api/apps/${app}/files/${path}`)).body,
    async state() {
      const apps = await items<App>('/apps')
      const each = apps.map(async ({ id }) => ({
        conversation: await api.conversation(id),
        versions: await api.versions(id),
        deployments: await api.deployments(id),
        files: await api.files(id),
      }))
      return { apps, each: await Promise.all(each) }
    },
  }
  return api
}
