/** How long to wait before the next try, in ms: doubled each time up to a bound, with up to a third taken off by chance. */
export function backoffDelay(failures: number, chance: number, first = 1_000, most = 30_000): number {
  const full = Math.min(most, first * 2 ** Math.min(failures, 20));
  // Without the chance, every customer of a restarted gateway would come back in the same moment.
  return Math.round(full * (1 - chance / 3));
}
