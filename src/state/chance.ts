/* What chance would do: the tests behind a campaign. */

/** Probability that n visits to random cells of N reach at least `distinct` of them (occupancy, normal approximation). */
export function coverageP(n: number, distinct: number, cells: number): number {
  const one = 1 - 1 / cells;
  const expected = cells * (1 - one ** n);
  const variance =
    cells * one ** n + cells * (cells - 1) * (1 - 2 / cells) ** n - cells * cells * one ** (2 * n);
  return tail((distinct - 0.5 - expected) / Math.sqrt(Math.max(variance, 1e-9)));
}

/**
 * Probability that random visits are in order as much as these, up or down (Spearman's rank correlation, two-sided).
 * `times` ascend; `cells`: 0 … 65,535, of the visits in the same order.
 */
export function orderP(times: Float64Array, cells: Uint16Array): number {
  const n = times.length;
  const x = timeRanks(times);
  const y = cellRanks(cells);
  const mean = (n - 1) / 2;
  let xy = 0;
  let xx = 0;
  let yy = 0;
  for (let i = 0; i < n; i++) {
    const dx = x[i] - mean;
    const dy = y[i] - mean;
    xy += dx * dy;
    xx += dx * dx;
    yy += dy * dy;
  }
  if (xx === 0 || yy === 0) return 1;
  return Math.min(1, 2 * tail((Math.abs(xy) / Math.sqrt(xx * yy)) * Math.sqrt(n - 1)));
}

/** Ranks from 0 of times that ascend; equal ones share the mean of theirs. */
function timeRanks(times: Float64Array): Float64Array {
  const n = times.length;
  const ranks = new Float64Array(n);
  for (let i = 0; i < n;) {
    let j = i;
    while (j + 1 < n && times[j + 1] === times[i]) j++;
    ranks.fill((i + j) / 2, i, j + 1);
    i = j + 1;
  }
  return ranks;
}

/** Ranks from 0 of the cells, by counting; equal ones share the mean of theirs. */
function cellRanks(cells: Uint16Array): Float64Array {
  let largest = 0;
  for (const cell of cells) if (cell > largest) largest = cell;
  const below = new Uint32Array(largest + 2);
  for (const cell of cells) below[cell + 1]++;
  for (let cell = 1; cell < below.length; cell++) below[cell] += below[cell - 1];
  const ranks = new Float64Array(cells.length);
  for (let i = 0; i < ranks.length; i++) ranks[i] = (below[cells[i]] + below[cells[i] + 1] - 1) / 2;
  return ranks;
}

/** Upper tail of the normal distribution (Abramowitz & Stegun 26.2.17 below 6, the leading term of the tail above). */
function tail(z: number): number {
  if (z < 0) return 1 - tail(-z);
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  if (z > 6) return density / z;
  const t = 1 / (1 + 0.231_641_9 * z);
  return (
    density *
    t *
    (0.319_381_53 + t * (-0.356_563_782 + t * (1.781_477_937 + t * (-1.821_255_978 + t * 1.330_274_429))))
  );
}

/**
 * Probability that a count with this mean and variance is at least n: negative binomial, summed from its terms; Poisson
 * where the variance is no larger than the mean.
 */
export function upperTail(n: number, mean: number, variance: number): number {
  if (n <= 0) return 1;
  // In logarithms: the terms of a rare count underflow.
  const size = variance > mean * 1.0001 ? (mean * mean) / (variance - mean) : Infinity;
  const step = (k: number): number =>
    size === Infinity ? Math.log(mean / (k + 1)) : Math.log(((k + size) / (k + 1)) * (mean / (mean + size)));
  let term = size === Infinity ? -mean : size * Math.log(size / (size + mean));
  for (let k = 0; k < n; k++) term += step(k);
  let sum = 0;
  for (let k = n; k < n + 100_000; k++) {
    const p = Math.exp(term);
    sum += p;
    if (k > mean && p < sum * 1e-12) break;
    term += step(k);
  }
  return Math.min(1, sum);
}
