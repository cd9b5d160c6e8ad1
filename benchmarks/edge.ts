import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request as startRequest } from 'node:http'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { measureDeploy } from './edge-deploy.ts'
import { median, type Figure } from './figure.ts'
import { codeText, hostsOfBench } from './made-app.ts'
import { cpuMicroseconds } from './process-cpu.ts'

/** Figures of the edge: what an answer costs beside nginx, and how soon a stored artifact is seen. */
export async function measureEdge(): Promise<Figure[]> {
  return [...(await measureServing()), await measureDeploy()]
}

const rounds = 7
const roundMs = 1000
const warmUpAnswers = 30_000
const warmUpRounds = 10
const connections = 32
const largestRatio = 3
const nginxProgram = '/usr/sbin/nginx'
const run = promisify(execFile)
const inBench = (name: string) => fileURLToPath(new URL(name, import.meta.url))

type Subject = { child: ChildProcess; port: number; host: string }

/** Server on one core and load on another, where there are two: then the load does not wait for what it measures. */
const canPin = availableParallelism() > 1 && existsSync('/usr/bin/taskset')
const pinned = (core: number, command: string, args: string[]): [string, string[]] =>
  canPin ? ['/usr/bin/taskset', ['-c', String(core), command, ...args]] : [command, args]

async function measureServing(): Promise<Figure[]> {
  const dir = await mkdtemp(join(tmpdir(), 'bench-edge-'))
  await chmod(dir, 0o755) // nginx's worker is another user
  const started: Subject[] = []
  try {
    const front = await startFront(join(dir, 'content'))
    started.push(front)
    const nginx = existsSync(nginxProgram) ? await startNginx(join(dir, 'nginx')) : undefined
    if (nginx) started.push(nginx)
    const figures: Figure[] = []
    for (const encoding of ['identity', 'gzip']) figures.push(await compare(front, nginx, encoding))
    return figures
  } finally {
    for (const { child } of started) await end(child)
    await rm(dir, { recursive: true, force: true })
  }
}

async function compare(front: Subject, nginx: Subject | undefined, encoding: string): Promise<Figure> {
  const own: number[] = []
  const theirs: number[] = []
  let samples = 0
  await warmUp(front, encoding)
  for (let round = 0; round < rounds; round += 1) {
    const measured = await cost(front, encoding)
    own.push(measured.microseconds)
    samples += measured.answers
    if (nginx) theirs.push((await cost(nginx, encoding)).microseconds)
  }
  const ratios = own.map((value, round) => value / (theirs[round] ?? Number.NaN))
  const figure = {
    name: `static 30 kB asset, CPU per request (${encoding})`,
    target: `≤ ${largestRatio} × nginx`,
    value: median(own),
    unit: 'µs',
    samples,
  }
  if (!nginx) return { ...figure, rounds: own, pass: false, note: 'nginx is not installed: nothing to compare with' }
  const ratio = median(ratios)
  const reference = { name: 'nginx', value: median(theirs) }
  return { ...figure, rounds: ratios, reference, ratio, pass: ratio <= largestRatio, note: 'rounds are ratios' }
}

/** A server runs for weeks, its compiler for seconds: measured is what remains. On a busy machine that takes some rounds. */
async function warmUp(subject: Subject, encoding: string): Promise<void> {
  let answers = 0
  for (let round = 0; round < warmUpRounds && answers < warmUpAnswers; round += 1)
    answers += (await cost(subject, encoding)).answers
}

/** CPU of a server, its threads and children, for each answer of one second of load. */
async function cost(
  { child, port, host }: Subject,
  encoding: string,
): Promise<{ microseconds: number; answers: number }> {
  const pid = child.pid ?? 0
  const before = cpuMicroseconds(pid)
  const load = [
    inBench('http-load.ts'),
    String(port),
    host,
    '/assets/app.js',
    encoding,
    String(connections),
    String(roundMs),
  ]
  const { stdout } = await run(...pinned(1, process.execPath, load), { timeout: roundMs + 20_000 })
  const { answers } = JSON.parse(stdout) as { answers: number }
  return { microseconds: (cpuMicroseconds(pid) - before) / answers, answers }
}

async function startFront(contentDir: string): Promise<Subject> {
  const [command, args] = pinned(0, process.execPath, [inBench('edge-front.ts'), contentDir])
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = (await once(child.stdout, 'data', { signal: AbortSignal.timeout(20_000) })) as [Buffer]
  const { port } = JSON.parse(line.toString()) as { port: number }
  return { child, port, host: `${hostsOfBench[0]}.localhost:${port}` }
}

async function startNginx(dir: string): Promise<Subject> {
  const port = 20_000 + Math.floor(Math.random() * 20_000)
  const root = join(dir, 'sites', hostsOfBench[0], 'current')
  await mkdir(join(root, 'assets'), { recursive: true })
  const asset = codeText('asset', 30_720)
  await writeFile(join(root, 'assets/app.js'), asset)
  await writeFile(join(root, 'assets/app.js.gz'), gzipSync(asset, { level: 6 }))
  const configuration = nginxConfiguration(dir, port)
  await writeFile(join(dir, 'nginx.conf'), configuration)
  const args = ['-p', dir, '-c', join(dir, 'nginx.conf')]
  const child = spawn(...pinned(0, nginxProgram, args), { stdio: ['ignore', 'ignore', 'inherit'] })
  const subject = { child, port, host: `${hostsOfBench[0]}.localhost:${port}` }
  await untilAnswers(subject)
  return subject
}

/** The work of our front and no more: many hosts by a map, the same headers, coded files from the disk, no log. */
const nginxConfiguration = (dir: string, port: number): string => `
  daemon off; worker_processes 1; pid ${dir}/pid; error_log stderr crit;
  events { worker_connections 1024; }
  http {
    types { text/javascript js; }
    access_log off; sendfile on; tcp_nopush on; tcp_nodelay on; keepalive_requests 1000000000; server_tokens off;
    open_file_cache max=1000 inactive=60s; gzip_static on; client_body_temp_path ${dir}/body; proxy_temp_path ${dir}/proxy;
    fastcgi_temp_path ${dir}/fastcgi; uwsgi_temp_path ${dir}/uwsgi; scgi_temp_path ${dir}/scgi;
    map_hash_bucket_size 128; map_hash_max_size 8192;
    map $host $site { default ""; ${hostsOfBench.map((name) => `${name}.localhost ${name};`).join(' ')} }
    server {
      listen 127.0.0.1:${port}; server_name _; root ${dir}/sites/$site/current;
      location / { try_files $uri /index.html; }
      location /assets/ {
        add_header Cache-Control "public, max-age=31536000, immutable"; add_header Vary Accept-Encoding;
        add_header X-Content-Type-Options nosniff; add_header Content-Security-Policy "frame-ancestors 'self'";
      }
    }
  }`

async function untilAnswers({ port, host }: Pick<Subject, 'port' | 'host'>): Promise<void> {
  const deadline = Date.now() + 10_000
  for (;;) {
    if ((await statusOf(port, host)) === 200) return
    if (Date.now() > deadline) throw new Error('nginx does not answer')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** Undefined while nothing listens. */
function statusOf(port: number, host: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    const sent = startRequest({ port, host: '127.0.0.1', path: '/assets/app.js', headers: { host } }, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
    sent.on('error', () => resolve(undefined))
    sent.end()
  })
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  const killing = setTimeout(() => child.kill('SIGKILL'), 3000)
  await exited
  clearTimeout(killing)
}
