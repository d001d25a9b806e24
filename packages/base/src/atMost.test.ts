import { LRUCache } from 'lru-cache';
import { atMost } from './atMost.ts';

test('a full cache drops its least recently used entry and never exceeds the limit', () => {
  const cache = new LRUCache<string, number>(atMost(2));
  cache.set('a', 1).set('b', 2);
  cache.get('a');
  cache.set('c', 3);
  expect([...cache.keys()].toSorted()).toEqual(['a', 'c']);
});

test('an entry that is still being fetched counts toward the limit', async () => {
  const fetchMethod = async (key: string) => key;
  const cache = new LRUCache<string, string>({ ...atMost(2), ignoreFetchAbort: true, fetchMethod });
  expect(await Promise.all(['a', 'b', 'c'].map((key) => cache.fetch(key)))).toEqual(['a', 'b', 'c']);
  expect(cache.size).toBe(2);
});
