// The peer that any Node team could write in an afternoon: one process, the `http` module, an array of events for
// each run, and a `res.write` of the same bytes to each reader. It numbers events and replays from `Last-Event-ID`,
// and has no limits, no cancel and no store. Usage: node hub.mjs PORT
//
//   POST /RUN/events   the body is the data of one event; 204 once it is stored and written to the readers
//   GET  /RUN/stream   the run as Server-Sent Events
import { createServer } from 'node:http';

const runs = new Map();

function runOf(name) {
  let run = runs.get(name);
  if (run === undefined) {
    run = { events: [], readers: new Set() };
    runs.set(name, run);
  }
  return run;
}

function append(run, data) {
  const frame = Buffer.from(`id: ${run.events.length + 1}\nevent: delta\ndata: ${data}\n\n`);
  run.events.push(frame);
  for (const reader of run.readers) reader.write(frame);
}

function follow(run, request, response) {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  response.flushHeaders();
  const seen = Number(request.headers['last-event-id'] ?? 0);
  for (const frame of run.events.slice(seen)) response.write(frame);
  run.readers.add(response);
  response.on('close', () => run.readers.delete(response));
}

const server = createServer((request, response) => {
  const [, name, what] = request.url.split('/');
  const run = runOf(name);
  if (request.method === 'GET' && what === 'stream') return follow(run, request, response);
  if (request.method !== 'POST' || what !== 'events') return response.writeHead(404).end();
  const parts = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', () => {
    append(run, Buffer.concat(parts).toString());
    response.writeHead(204).end();
  });
});
server.keepAliveTimeout = 60_000;
server.listen(Number(process.argv[2]), '127.0.0.1', 4096);
