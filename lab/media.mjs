// UDP talk with two sides.
//   media.mjs echo SIGNAL FROM-TO     answers SIGNAL and every port of the range (opened when an offer names it)
//   media.mjs call TARGET CALLS EVERY a caller: SIGNAL 5060, then RTP and RTCP on a fresh pair of ports, 10 packets/s
//   media.mjs peers TARGET PORT SECONDS ADDRESS…  peers of a swarm: each address talks now and then, both ways
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';

const [mode, ...rest] = process.argv.slice(2);
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

function open(port, address, onMessage) {
  return new Promise((done, fail) => {
    const socket = createSocket({ type: 'udp4', reuseAddr: true });
    socket.on('error', fail);
    socket.on('message', (data, peer) => onMessage?.(socket, data, peer));
    socket.bind(port, address, () => done(socket));
  });
}

async function echo(signal, range) {
  const [from, to] = range.split('-').map(Number);
  const media = new Map();
  await open(Number(signal), undefined, (socket, data, peer) => {
    const wanted = /^OFFER (\d+)$/.exec(data.toString('latin1'))?.[1];
    const ports = wanted === undefined ? [] : [Number(wanted), Number(wanted) + 1];
    for (const port of ports) {
      if (port < from || port > to || media.has(port)) continue;
      media.set(port, true);
      void open(port, undefined, (own, packet, other) => own.send(packet, other.port, other.address));
    }
    setTimeout(() => socket.send('OK', peer.port, peer.address), 20);
  });
}

async function call(target, calls, every) {
  for (let n = 0; n < Number(calls); n++) {
    const port = 10_000 + 2 * ((n * 1_237 + 311) % 4_990);
    const signalling = await open(0);
    signalling.send(`OFFER ${port}`, 5060, target);
    await sleep(200);
    const rtp = await open(0);
    const rtcp = await open(0);
    for (let i = 0; i < 80; i++) {
      rtp.send(Buffer.alloc(172, 0x80), port, target);
      if (i % 20 === 0) rtcp.send(Buffer.alloc(60, 0x81), port + 1, target);
      await sleep(100);
    }
    for (const socket of [signalling, rtp, rtcp]) socket.close();
    await sleep(Math.max(0, Number(every) * 1_000 - 8_200));
  }
}

async function peers(target, port, seconds, ...addresses) {
  const end = Date.now() + Number(seconds) * 1_000;
  const listening = [];
  await Promise.all(
    addresses.map(async (address, i) => {
      const own = 20_000 + Number(address.split('.')[3]) * 331;
      const socket = await open(own, address);
      // Every other peer can be reached from outside; the rest sit behind somebody's NAT.
      if (i % 2 === 0)
        listening.push(
          createServer((peer) => peer.on('error', () => peer.destroy()).end('BitTorrent protocol')).listen(
            own,
            address,
          ),
        );
      while (Date.now() < end) {
        socket.send(
          Buffer.from(`d1:ad2:id20:peer${String(i).padStart(16, '0')}e1:q4:ping1:y1:qe`),
          Number(port),
          target,
        );
        // Some peers also try a port that the client used before its last restart: half of a swarm's tries fail.
        if (i % 2 === 0) socket.send(Buffer.from('d1:y1:qe'), 49_152 + ((i * 331) % 8_000), target);
        await sleep(4_000 + ((i * 977) % 9_000));
      }
      socket.close();
    }),
  );
  for (const server of listening) server.close();
}

await { echo, call, peers }[mode](...rest);
