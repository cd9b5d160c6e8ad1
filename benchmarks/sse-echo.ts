import { createServer, type ServerResponse } from 'node:http'

/** The least that a page's event stream can be, in a process of its own: every line that comes in goes out as one event. */

const readers = new Set<ServerResponse>()
const server = createServer((request, response) => {
  if (request.method === 'GET') {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(':\n\n')
    readers.add(response)
    return
  }
  request.setEncoding('utf8')
  request.on('data', (line: string) => {
    for (const reader of readers) reader.write(`data: ${line}\n\n`)
  })
  request.on('end', () => response.end())
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  if (address && typeof address === 'object') process.stdout.write(`${JSON.stringify({ port: address.port })}\n`)
})
