import { kernel } from './kernel.ts';

/**
 * One of the kernel's tables of positions, at `address`, for up to `capacity` of them, 257 at most. There is one of each:
 * whoever cuts a line is done with it before any other is cut.
 */
export function columnTable(address: number, capacity: number): Int32Array {
  const functions = kernel();
  if (capacity > functions.columnLimit.value) throw new RangeError('more columns than can be kept');
  return new Int32Array(functions.memory.buffer, address, capacity);
}
