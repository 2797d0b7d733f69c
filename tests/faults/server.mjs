// A range server that misbehaves on demand: the far end of the HTTP tests, of `make demo` and of the remote
// benchmarks. Node only, no packages.
//
//   node server.mjs --root DIR [--port 0] [--latency MS] [--connect-latency MS] [--bandwidth BYTES/S]
//                   [--tls KEY CERT] [--with-parent 1: ends when standard input does] [--SWITCH VALUE …]
//
// prints "listening on http://127.0.0.1:PORT" once it is ready. Switches are command-line flags (for all
// requests) or query parameters (for one URL); those that count ("first") count per URL with its query.
//
//   latency=MS          before the first byte of a reply        bandwidth=N   bytes/s, one link for all replies
//   connect-latency=MS  more, for a connection's first request  max-body=N    206 with a shorter, right range
//   status=N [first=K] [retry-after=TEXT]   answers N, to the first K requests only
//   reset=K             the first K connections are reset before a reply
//   truncate=N [first=K]  bodies end after N bytes (the head promises all)
//   stall=1 [first=K]   sends the head, then nothing
//   wrong-range=1       Content-Range is shifted by one         wrong-length=1  Content-Length contradicts it
//   no-content-range=1  206 without                             star-total=1    Content-Range: bytes a-b/*
//   overlong=N          chunked, N bytes too many               ignore-range=1  200 and the whole file
//   chunked=1           no Content-Length                       gzip=1          Content-Encoding: gzip
//   multipart=1         multipart/byteranges                    no-suffix=STATUS  answer to bytes=-n (200: ignored)
//   no-head=1           405 to HEAD                             no-etag=1, weak-etag=1, no-date=1
//   etag-change=K       another ETag from the K-th request on (counted from 0)
//   etag-every=1        another ETag at each request
//   length-change=K     the file is 7 bytes longer from the K-th request on
//   becomes=PATH at=K   another file of the folder from the K-th request on
//   redirect=URL|same|other|loop   302; same: this host without the switch; other: as `localhost`; loop: here
//   redirect-expires=K  the redirect's goal answers 403 after K requests
//   auth=TOKEN          401 without "Authorization: Bearer TOKEN"
//   want-header=NAME:VALUE   401 without it
//   cors=full|hidden    allows other origins: full exposes what ranges need, hidden exposes nothing
//
// GET /-/log answers {"requests":…,"bytes":…,"connections":…,"entries":[{method,url,range,status,bytes,headers}]},
// GET /-/reset forgets it, GET /-/stop ends the server.
import fs from 'node:fs'
import http from 'node:http'
import http2 from 'node:http2'
import path from 'node:path'
import process from 'node:process'
import { performance } from 'node:perf_hooks'

const flags = parseFlags(process.argv.slice(2))
const root = path.resolve(flags.root ?? '.')
const counts = new Map() // URL → requests seen
let log = emptyLog()

function emptyLog() {
  return { requests: 0, bytes: 0, connections: 0, entries: [] }
}

function parseFlags(words) {
  const result = {}
  for (let i = 0; i < words.length; i++) {
    const [name, inline] = words[i].replace(/^--/, '').split('=')
    if (name === 'tls') {
      result.tls = { key: words[++i], cert: words[++i] }
    } else {
      result[name] = inline ?? words[++i] ?? '1'
    }
  }
  return result
}

// One link that all replies share. Every millisecond the bytes that the link could carry since the last tick
// are dealt round-robin to the replies that have some to send, so the total never exceeds the rate however
// many connections there are, and an idle link saves nothing up.
class Link {
  constructor(rate) {
    this.rate = rate
    this.streams = []
    this.credit = 0
    this.last = 0
    this.timer = null
  }

  send(stream) {
    this.streams.push(stream)
    if (this.timer === null) {
      this.last = performance.now()
      this.credit = 0
      this.timer = setTimeout(() => this.tick(), 1)
    }
  }

  tick() {
    const now = performance.now()
    this.credit = Math.min(this.credit + ((now - this.last) * this.rate) / 1000, this.rate / 20)
    this.last = now
    const quantum = Math.max(1024, Math.min(16384, Math.floor(this.rate / 1000)))
    let waiting = 0
    while (this.streams.length > 0 && this.credit >= 1 && waiting < this.streams.length) {
      const stream = this.streams.shift()
      if (stream.ended()) continue
      if (stream.blocked()) {
        this.streams.push(stream)
        waiting++
        continue
      }
      waiting = 0
      this.credit -= stream.write(Math.min(quantum, Math.floor(this.credit)))
      if (!stream.ended()) this.streams.push(stream)
    }
    this.timer = this.streams.length > 0 ? setTimeout(() => this.tick(), 1) : null
  }
}
const links = new Map()
function linkOf(rate) {
  if (!links.has(rate)) links.set(rate, new Link(rate))
  return links.get(rate)
}

// The body of one reply: bytes of a file, then `extra` bytes of rubbish; cut after `limit`.
class Body {
  constructor(response, entry, file, begin, length, options) {
    Object.assign(this, { response, entry, file, position: begin, left: length })
    this.extra = Number(options.overlong ?? 0)
    this.limit = options.truncate === undefined ? Infinity : Number(options.truncate)
    this.closed = false
    response.on('close', () => this.finish())
  }

  ended() {
    return this.closed
  }

  blocked() {
    return this.response.writableNeedDrain
  }

  finish() {
    if (this.closed) return
    this.closed = true
    fs.closeSync(this.file)
  }

  write(most) {
    const wanted = Math.min(most, this.left + this.extra, this.limit)
    const bytes = Buffer.alloc(wanted)
    const fromFile = Math.min(wanted, this.left)
    if (fromFile > 0) fs.readSync(this.file, bytes, 0, fromFile, this.position)
    this.position += fromFile
    this.left -= fromFile
    this.extra -= wanted - fromFile
    this.limit -= wanted
    this.entry.bytes += wanted
    log.bytes += wanted
    if (wanted > 0) this.response.write(bytes)
    if (this.limit <= 0 && this.left > 0) {
      const { stream, socket } = this.response
      this.response.write('', () => (stream ? stream.close(2) : socket?.destroy()))
      this.finish()
    } else if (this.left + this.extra === 0) {
      this.response.end()
      this.finish()
    }
    return wanted
  }

  // Without a link: as fast as the socket takes it.
  run() {
    while (!this.closed && !this.blocked()) this.write(256 * 1024)
    if (!this.closed) this.response.once('drain', () => this.run())
  }
}

function parseRange(text, size) {
  const match = /^bytes=(\d*)-(\d*)$/.exec(text ?? '')
  if (!match || (match[1] === '' && match[2] === '')) return null
  if (match[1] === '') {
    const length = Math.min(Number(match[2]), size)
    return { begin: size - length, length, suffix: true }
  }
  const begin = Number(match[1])
  const last = match[2] === '' ? size - 1 : Math.min(Number(match[2]), size - 1)
  return { begin, length: begin >= size ? 0 : last - begin + 1, suffix: false }
}

function control(name, response) {
  if (name === 'reset') {
    log = emptyLog()
    counts.clear()
  }
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify(log))
  if (name === 'stop') setTimeout(() => process.exit(0), 10)
}

function allowOrigins(response, { cors }) {
  if (!cors) return
  response.setHeader('access-control-allow-origin', '*')
  response.setHeader('access-control-allow-headers', '*')
  if (cors === 'full') response.setHeader('access-control-expose-headers', 'Content-Range, Content-Length, ETag')
}

const seenSockets = new WeakSet()

function handle(request, response) {
  const url = new URL(request.url, 'http://host')
  if (url.pathname.startsWith('/-/')) return control(url.pathname.slice(3), response)
  const options = { ...flags, ...Object.fromEntries(url.searchParams) }
  allowOrigins(response, options)
  const number = counts.get(request.url) ?? 0
  counts.set(request.url, number + 1)
  const entry = {
    method: request.method, url: request.url, range: request.headers.range ?? null, status: 0, bytes: 0,
    headers: request.headers,
  }
  log.requests++
  log.entries.push(entry)
  const isNew = !seenSockets.has(request.socket)
  if (isNew) {
    seenSockets.add(request.socket)
    log.connections++
  }
  const delay = Number(options.latency ?? 0) + (isNew ? Number(options['connect-latency'] ?? 0) : 0)
  const context = { request, response, url, options, number, entry }
  if (delay > 0) setTimeout(() => answer(context), delay)
  else answer(context)
}

const isAmongFirst = ({ options, number }) => number < Number(options.first ?? Infinity)

function refuse({ response, entry }, status, headers = {}) {
  entry.status = status
  response.writeHead(status, { 'content-type': 'text/plain', ...headers })
  response.end(`${status}\n`)
}

// The switches that answer without looking at the file. True when one did.
function answerEarly(context) {
  const { request, response, url, options, number, entry } = context
  if (request.method === 'OPTIONS') {
    refuse(context, options.cors ? 204 : 405)
    return true
  }
  if (number < Number(options.reset ?? 0)) {
    if (request.socket.resetAndDestroy) request.socket.resetAndDestroy()
    else request.socket.destroy()
    return true
  }
  if (options.auth && request.headers.authorization !== `Bearer ${options.auth}`) {
    refuse(context, 401, { 'www-authenticate': 'Bearer' })
    return true
  }
  if (options['want-header']) {
    const [name, value] = options['want-header'].split(':')
    if (request.headers[name.toLowerCase()] !== value) {
      refuse(context, 401)
      return true
    }
  }
  if (options.redirect) {
    const port = request.socket.localPort
    const query = new URLSearchParams(url.searchParams)
    query.delete('redirect')
    const rest = `${url.pathname}${query.size ? `?${query}` : ''}`
    const goals = { same: rest, other: `http://localhost:${port}${rest}`, loop: request.url }
    refuse(context, 302, { location: goals[options.redirect] ?? options.redirect })
    return true
  }
  if (options['redirect-expires'] !== undefined && number >= Number(options['redirect-expires'])) {
    refuse(context, 403)
    return true
  }
  if (options.status && isAmongFirst(context)) {
    const after = options['retry-after']
    refuse(context, Number(options.status), after === undefined ? {} : { 'retry-after': after })
    return true
  }
  if (request.method === 'HEAD' && options['no-head']) {
    refuse(context, 405)
    return true
  }
  return false
}

function validators(stat, { options, number }) {
  const headers = {}
  const changed = options['etag-change'] !== undefined && number >= Number(options['etag-change'])
  const version = options['etag-every'] ? number : changed ? 'b' : 'a'
  const tag = `"${stat.size.toString(36)}-${Math.floor(stat.mtimeMs).toString(36)}-${version}"`
  if (!options['no-etag']) headers.etag = options['weak-etag'] ? `W/${tag}` : tag
  if (!options['no-date']) headers['last-modified'] = stat.mtime.toUTCString()
  return headers
}

function answer(context) {
  const { request, response, url, options, number, entry } = context
  if (answerEarly(context)) return
  const other = options.becomes !== undefined && number >= Number(options.at ?? 0)
  const name = path.join(root, path.normalize(other ? options.becomes : decodeURIComponent(url.pathname)))
  let stat
  try {
    stat = fs.statSync(name)
  } catch {
    return refuse(context, 404)
  }
  if (!stat.isFile() || !name.startsWith(root)) return refuse(context, 404)
  let size = stat.size
  if (options['length-change'] !== undefined && number >= Number(options['length-change'])) size += 7
  let range = parseRange(request.headers.range, size)
  if (options['ignore-range']) range = null
  if (range?.suffix && options['no-suffix']) {
    if (options['no-suffix'] !== '200') return refuse(context, Number(options['no-suffix']))
    range = null
  }
  const headers = { 'content-type': 'application/octet-stream', 'accept-ranges': 'bytes', ...validators(stat, context) }
  if (range && range.length === 0) return refuse(context, 416, { ...headers, 'content-range': `bytes */${size}` })
  let begin = 0
  let length = size
  entry.status = 200
  if (range) {
    entry.status = 206
    begin = range.begin
    length = Math.min(range.length, Number(options['max-body'] ?? Infinity))
    const shift = options['wrong-range'] ? 1 : 0
    const total = options['star-total'] ? '*' : size
    headers['content-range'] = `bytes ${begin + shift}-${begin + length - 1 + shift}/${total}`
    if (options['no-content-range']) delete headers['content-range']
    if (options.multipart) headers['content-type'] = 'multipart/byteranges; boundary=x'
  }
  headers['content-length'] = String(length + (options['wrong-length'] ? 1 : 0))
  if (options.overlong || options.chunked) delete headers['content-length']
  if (options.gzip) headers['content-encoding'] = 'gzip'
  response.writeHead(entry.status, headers)
  if (request.method === 'HEAD') return response.end()
  if (options.stall && isAmongFirst(context)) return response.flushHeaders?.()
  const bodyOptions = isAmongFirst(context) ? options : { ...options, truncate: undefined }
  const body = new Body(response, entry, fs.openSync(name, 'r'), begin, length, bodyOptions)
  if (length === 0) {
    response.end()
    return body.finish()
  }
  if (options.bandwidth) linkOf(Number(options.bandwidth)).send(body)
  else body.run()
}

const server = flags.tls
  ? http2.createSecureServer(
      { key: fs.readFileSync(flags.tls.key), cert: fs.readFileSync(flags.tls.cert), allowHTTP1: true }, handle)
  : http.createServer({ keepAliveTimeout: 60_000 }, handle)
server.on('clientError', (error, socket) => socket.destroy())
process.on('SIGTERM', () => process.exit(0))
// A test that dies must not leave its server behind.
if (flags['with-parent']) process.stdin.on('end', () => process.exit(0)).on('error', () => process.exit(0)).resume()
server.listen(Number(flags.port ?? 0), flags.host ?? '127.0.0.1', () => {
  console.log(`listening on ${flags.tls ? 'https' : 'http'}://127.0.0.1:${server.address().port}`)
})
