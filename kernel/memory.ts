let free: usize = (__heap_base + 15) & ~15;
/** Memory that is never given back, for the tables of a reader; 0 bytes at first, at a multiple of 16. */
export function reserve(bytes: usize): usize {
  const from = free;
  free += (bytes + 15) & ~15;
  return from;
}
