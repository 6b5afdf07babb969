import { blank, integer, ipv4 } from './values';

/*
 * The fields that nearly every line of Linux' netfilter has, in the order in which its kernel prints them: see
 * src/formats/netfilter.ts, which reads what is of another shape field by field.
 *
 *   IN=eth0 OUT= MAC=… SRC=… DST=… LEN=60 TOS=0x00 PREC=0x00 TTL=49 ID=54321 DF PROTO=TCP SPT=61000 DPT=22 WINDOW=1024 RES=0x00 SYN URGP=0
 */

export const values = memory.data(12 * 4, 16);
// u32s.
const source: usize = 0;
const target: usize = 4;
const length: usize = 8;
const ttl: usize = 12;
const ipId: usize = 16;
/** 6 or 17; 0 when the transport's fields are of another shape. */
const proto: usize = 20;
const sourcePort: usize = 24;
const targetPort: usize = 28;
/** The window of TCP, the length of UDP. */
const last: usize = 32;

/**
 * Reads what stands from `start` to `stop`. Returns where the next field begins, relative to `base` as they are: at `start`
 * when the line is of another shape.
 */
export function netfilterUsual(base: usize, start: usize, stop: usize): usize {
  const end = base + stop;
  let at = base + start;
  store<u32>(values, 0, proto);
  if (at + 160 > end) return start;
  at = blank(at + 3);
  if (load<u32>(at, 1) != 0x3d54_554f) return start; // OUT=
  at = blank(at + 5) + 1;
  // 'MAC=' and fourteen bytes in hexadecimal.
  if (load<u32>(at) == 0x3d43_414d && load<u8>(at, 45) == 32) at += 46;
  let from = at + 4;
  if (load<u32>(at) != 0x3d43_5253) return start; // SRC=
  at = blank(from);
  const sender = ipv4(from, at);
  from = at + 5;
  if (sender < 0 || load<u32>(at, 1) != 0x3d54_5344) return start; // DST=
  at = blank(from);
  const receiver = ipv4(from, at);
  from = at + 5;
  if (receiver < 0 || load<u32>(at, 1) != 0x3d4e_454c) return start; // LEN=
  at = blank(from);
  const size = small(from, at);
  // ' TOS=0x00 PREC=0x00 TTL='
  from = at + 24;
  if (load<u32>(at, 1) != 0x3d53_4f54 || load<u32>(at, 10) != 0x4345_5250 || load<u32>(at, 20) != 0x3d4c_5454) return start;
  at = blank(from);
  const hops = small(from, at);
  from = at + 4;
  if ((load<u32>(at) ^ 0x3d44_4920) != 0) return start; // ID=
  at = blank(from);
  const id = small(from, at);
  if ((size | hops | id) < 0 || at > end) return start;
  at++;
  if ((load<u32>(at) & 0xff_ffff) == 0x20_4644) at += 3; // DF
  store<u32>(values, <u32>sender, source);
  store<u32>(values, <u32>receiver, target);
  store<i32>(values, size, length);
  store<i32>(values, hops, ttl);
  store<i32>(values, id, ipId);
  const next = at - base;
  // 'PROTO=TCP SPT=', 'PROTO=UDP SPT='
  if (load<u32>(at) != 0x544f_5250 || load<u32>(at, 10) != 0x3d54_5053) return next;
  const name = load<u32>(at, 6);
  const udp = name == 0x2050_4455;
  if (!udp && name != 0x2050_4354) return next;
  from = at + 14;
  at = blank(from);
  const out = small(from, at);
  from = at + 5;
  if (load<u32>(at, 1) != 0x3d54_5044) return next; // DPT=
  at = blank(from);
  const to = small(from, at);
  // ' LEN=', ' WINDOW='
  if (udp ? load<u32>(at, 1) != 0x3d4e_454c : load<u32>(at, 1) != 0x444e_4957 || load<u8>(at, 7) != 61) return next;
  from = at + (udp ? 5 : 8);
  at = blank(from);
  const amount = small(from, min(at, end));
  if ((out | to | amount) < 0) return next;
  // ' RES=0x00 '
  if (!udp && (load<u32>(at, 1) != 0x3d53_4552 || load<u8>(at, 9) != 32 || at + 10 > end)) return next;
  store<i32>(values, out, sourcePort);
  store<i32>(values, to, targetPort);
  store<i32>(values, amount, last);
  store<i32>(values, udp ? 17 : 6, proto);
  return udp ? stop : at + 10 - base;
}

/** A number of up to eight digits; -1 when it is none. */
@inline
function small(from: usize, to: usize): i32 {
  return to - from > 8 ? -1 : <i32>integer(from, to);
}
