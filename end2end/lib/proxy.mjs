// A proxy in front of the console that hands everything on but live events: it answers `/live` as a stream
// and keeps what the console says to itself, as proxies that collect answers do.

import { createServer, request } from 'node:http';
import { once } from 'node:events';

/**
 * Starts one before the console at `url`: `{ url, streams(), end() }`; `streams` counts requests for `/live`.
 * Each stream begins with `says`, and then nothing follows.
 */
export async function silentProxy(url, says = '') {
  let streams = 0;
  const server = createServer((asked, answer) => {
    if (asked.url.startsWith('/live')) {
      streams += 1;
      answer.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
      answer.flushHeaders();
      answer.write(says);
      return;
    }
    const onward = request(url + asked.url, { method: asked.method, headers: asked.headers }, (told) => {
      answer.writeHead(told.statusCode, told.headers);
      told.pipe(answer);
    });
    onward.on('error', () => answer.destroy());
    asked.pipe(onward);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    streams: () => streams,
    end: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
