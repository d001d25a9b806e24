/**
 * How many entries an `LRUCache` may hold. Told `max`, it makes room for all of them when it is made, which a process
 * pays for before its first request (some 15 ms for 50,000 that expire); counted by size, it grows as it fills.
 */
export function atMost(entries: number): { readonly maxSize: number; readonly sizeCalculation: () => number } {
  return { maxSize: entries, sizeCalculation: () => 1 };
}
