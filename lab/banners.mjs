// TCP servers that greet first. Usage: banners.mjs PORT=GREETING…
import { createServer } from 'node:net';

for (const spec of process.argv.slice(2)) {
  const at = spec.indexOf('=');
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.setTimeout(4_000, () => socket.end());
    // Whatever comes is answered the way a service answers nonsense, and that ends the talk.
    socket.on('data', () => socket.end('500 unrecognised\r\n'));
    socket.on('end', () => socket.end());
    socket.write(`${spec.slice(at + 1)}\r\n`);
  });
  server.on('error', (error) => process.stderr.write(`banners ${spec.slice(0, at)}: ${error.message}\n`));
  server.listen(Number(spec.slice(0, at)), '::');
}
