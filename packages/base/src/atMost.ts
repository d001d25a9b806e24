/**
 * Returns options that limit an `LRUCache` to a number of entries. With `max` instead, the cache allocates all entries
 * when it is created, which delays a process's first request (about 15 ms for 50,000 entries that expire); a cache
 * limited by size grows as it fills.
 */
export function atMost(entries: number): { readonly maxSize: number; readonly sizeCalculation: () => number } {
  return { maxSize: entries, sizeCalculation: () => 1 };
}
